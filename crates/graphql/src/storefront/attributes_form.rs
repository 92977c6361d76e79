//! `attributesForm`: the attributes of one form that storefronts build.

use async_graphql::{Context, Object, Result};

use super::is_falsy;
use crate::adobe::AttributesFormOutput;
use crate::kit::context::language;
use crate::kit::error::{Category, refused};

#[derive(Default)]
pub(crate) struct AttributesFormQuery;

#[Object]
impl AttributesFormQuery {
    /// The attributes of a form for accounts or addresses, with labels in the language of the requested store view. A
    /// form that does not exist has no attributes and an entry in `errors`.
    async fn attributes_form(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "The code of the form: `customer_account_create`, `customer_account_edit`, \
                    `customer_address_edit` or `customer_register_address`."
        )]
        form_code: String,
    ) -> Result<AttributesFormOutput> {
        if is_falsy(&form_code) {
            let message = "Required parameter \"formCode\" of type string.";
            return Err(refused(Category::Input, "BAD_PARAMETER", message));
        }
        Ok(AttributesFormOutput::of(&form_code, &language(context)?))
    }
}
