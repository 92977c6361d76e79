//! Lists of Adobe's schema: every entry may be null, so that an error in one entry does not remove the others.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{ContextSelectionSet, OutputType, Positioned, ServerResult, Value};

use super::answer_budget::{AnswerBudget, VALUES_IN_A_TURN};

/// A list of type `[T]`; the library's own type for a `Vec` is `[T!]`.
///
/// Its entries are resolved one after the other, because none of them waits for anything. The number of their values
/// is limited by the [`AnswerBudget`] of the request, and other requests get their turn between them.
#[derive(Debug, Clone)]
pub(crate) struct List<T>(Vec<T>);

impl<T> List<T> {
    /// A list without entries.
    pub(crate) const fn empty() -> Self {
        Self(Vec::new())
    }
}

impl<T: OutputType> OutputType for List<T> {
    fn type_name() -> Cow<'static, str> {
        Vec::<Option<T>>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<Option<T>>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry);
        Self::qualified_type_name()
    }

    async fn resolve(
        &self,
        context: &ContextSelectionSet<'_>,
        field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        let budget = context.data_opt::<Arc<AnswerBudget>>();
        let of_entry = budget.map_or(1, |budget| budget.values_of_entry(field));
        if let Some(budget) = budget {
            let values = of_entry.saturating_mul(self.0.len() as u64);
            let taken = budget.take(values, field);
            taken.map_err(|error| context.set_error_path(error))?;
        }
        let mut values = Vec::with_capacity(self.0.len());
        let mut in_turn = 0;
        for (item, index) in self.0.iter().zip(0..) {
            in_turn += of_entry;
            if in_turn > VALUES_IN_A_TURN {
                // The deadline ends the request here, too, if it has passed.
                tokio::task::yield_now().await;
                in_turn = 0;
            }
            values.push(Some(item).resolve(&context.with_index(index), field).await?);
        }
        Ok(Value::List(values))
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(items.into_iter().collect())
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(items: Vec<T>) -> Self {
        Self(items)
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{EmptyMutation, EmptySubscription, Error, Object, Schema};

    use super::*;

    struct Query;

    #[Object]
    impl Query {
        async fn orders(&self) -> List<Result<i32, Error>> {
            List::from(vec![Ok(1), Err(Error::new("does not add up")), Ok(3)])
        }

        async fn reasons(&self) -> Option<List<String>> {
            Some(List::empty())
        }
    }

    #[tokio::test]
    async fn an_error_in_one_item_empties_no_other() {
        let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
        let answer = schema.execute("{ orders reasons }").await;
        let data = answer.data.into_json().expect("an answer");
        assert_eq!(data, serde_json::json!({ "orders": [1, null, 3], "reasons": [] }));
        assert_eq!(answer.errors.len(), 1);
        assert_eq!(answer.errors[0].message, "does not add up");
    }

    #[test]
    fn items_may_be_null_and_the_list_itself_only_where_the_field_says_so() {
        let sdl = Schema::new(Query, EmptyMutation, EmptySubscription).sdl();
        assert!(sdl.contains("orders: [Int]!"), "{sdl}");
        assert!(sdl.contains("reasons: [String]\n"), "{sdl}");
    }
}
