//! Sends several statements in one round trip, because the time
//! of an answer depends mainly on the number of round trips.

use std::marker::PhantomData;

use futures_util::future::BoxFuture;
use sea_orm::sea_query::{QueryStatementWriter, Value};
use sea_orm::{DatabaseBackend, EntityTrait, QueryTrait, Select};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::sql::answers::Answers;
use crate::sql::bound::Bound;
use crate::sql::{mysql, postgres, retry, sqlite};

/// The replacement for NUL in a searched text. PostgreSQL and SQLite store no NUL, so such a text must match no row.
const NUL: &str = "\u{fffd}";

/// A handle for the rows that one statement of a script returns, as models of type `M`.
#[derive(Debug)]
pub(crate) struct Rows<M>(pub(crate) usize, PhantomData<fn() -> M>);

impl<M> Rows<M> {
    /// A handle for the answer at the position `at`.
    pub(crate) fn new(at: usize) -> Self {
        Self(at, PhantomData)
    }
}

impl<M> Copy for Rows<M> {}

impl<M> Clone for Rows<M> {
    fn clone(&self) -> Self {
        *self
    }
}

/// A handle for the number of rows that one statement of a script changes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Touched(pub(crate) usize);

/// Statements that are sent together: either reads, or one transaction.
pub(crate) struct Script<'a> {
    database: &'a Database,
    order: Order,
    statements: Vec<Statement>,
    outputs: usize,
    values: usize,
    keeps_plan: bool,
    problem: Option<DatabaseError>,
}

/// The dependence of a script's statements on each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Every statement reads.
    Reads,
    /// No statement needs to see the writes of another one, and no row is written twice.
    Together,
    /// Each statement sees the writes of the earlier ones.
    InSequence,
}

/// A statement whose values are separate from its text, and the part of its outcome that the caller needs.
#[derive(Debug)]
#[cfg_attr(test, derive(Clone))]
pub(crate) struct Statement {
    pub(crate) text: String,
    pub(crate) values: Vec<Value>,
    pub(crate) output: Output,
}

/// The part of a statement's outcome that the caller needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// Only whether the statement failed.
    Nothing,
    /// The rows that the statement selects.
    Rows,
    /// The rows that a writing statement returns.
    Returned,
    /// The number of rows that the statement changed.
    Touched,
}

impl<'a> Script<'a> {
    /// A script that only reads.
    pub(crate) fn read(database: &'a Database) -> Self {
        Self {
            database,
            order: Order::Reads,
            statements: Vec::new(),
            outputs: 0,
            values: 0,
            keeps_plan: true,
            problem: None,
        }
    }

    /// A transaction whose statements are independent of each other. It is one statement if the database allows this.
    pub(crate) fn write(database: &'a Database) -> Self {
        Self {
            order: Order::Together,
            ..Self::read(database)
        }
    }

    /// A transaction whose statements need the writes of the earlier ones.
    pub(crate) fn write_in_sequence(database: &'a Database) -> Self {
        Self {
            order: Order::InSequence,
            ..Self::read(database)
        }
    }

    /// The same script, which PostgreSQL plans each time. An import needs this: for an empty table, any index is as
    /// good as another, and the plan would be kept while the import fills the table.
    pub(crate) fn planned_each_time(self) -> Self {
        Self {
            keeps_plan: false,
            ..self
        }
    }

    /// Reads the rows of `select` as the models of the entity.
    pub(crate) fn select<E: EntityTrait>(&mut self, select: Select<E>) -> Rows<E::Model> {
        self.rows(&select.into_query())
    }

    /// Reads the rows of `select`, whose columns are the fields of `M` in the same sequence.
    pub(crate) fn rows<M>(&mut self, select: &impl QueryStatementWriter) -> Rows<M> {
        Rows::new(self.push(select, Output::Rows))
    }

    /// Asks for the rows of a text without values, made by this program.
    pub(crate) fn rows_of_text<M>(&mut self, text: &str) -> Rows<M> {
        Rows::new(self.push_text(text, Output::Rows))
    }

    /// Adds a writing statement.
    pub(crate) fn add(&mut self, statement: &impl QueryStatementWriter) {
        self.push(statement, Output::Nothing);
    }

    /// Adds a writing statement and returns a handle for the number of rows that it changes.
    pub(crate) fn add_counted(&mut self, statement: &impl QueryStatementWriter) -> Touched {
        Touched(self.push(statement, Output::Touched))
    }

    /// Adds a writing statement with its own `RETURNING`. MySQL does not support this.
    pub(crate) fn add_returning<M>(&mut self, statement: &impl QueryStatementWriter) -> Rows<M> {
        Rows::new(self.push(statement, Output::Returned))
    }

    /// Adds a writing statement whose text `build` writes part by part. If `build` fails, the script is not sent.
    pub(crate) fn add_built(&mut self, build: impl FnOnce(&mut Bound) -> Result<(), DatabaseError>) {
        let mut bound = self.bound();
        match build(&mut bound) {
            Ok(()) => {
                self.keep(bound, Output::Nothing);
            }
            Err(problem) => self.refuse(problem),
        }
    }

    /// The same, with a handle for the number of rows that the statement changes.
    pub(crate) fn add_counted_built(
        &mut self,
        build: impl FnOnce(&mut Bound) -> Result<(), DatabaseError>,
    ) -> Touched {
        let mut bound = self.bound();
        if let Err(problem) = build(&mut bound) {
            self.refuse(problem);
        }
        Touched(self.keep(bound, Output::Touched))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    pub(crate) fn backend(&self) -> DatabaseBackend {
        self.database.backend()
    }

    /// Stores the reason why this script must not be sent.
    pub(crate) fn refuse(&mut self, problem: DatabaseError) {
        self.problem.get_or_insert(problem);
    }

    /// The statements for `EXPLAIN`, each with the number of values that are not in its text.
    #[cfg(test)]
    pub(crate) fn statements(&self) -> Vec<(String, usize)> {
        if self.backend() == DatabaseBackend::Postgres {
            return postgres::Script::new(self.order, self.statements.clone(), true).statements();
        }
        let literal = |it: &Statement| (Bound::literal(self.backend(), it), 0);
        self.statements.iter().map(literal).collect()
    }

    /// Reads all rows as of one moment, and reads them again if the database asks for it.
    pub(crate) fn fetch(self) -> BoxFuture<'static, Result<Answers, DatabaseError>> {
        debug_assert_eq!(self.order, Order::Reads, "only reads are fetched");
        self.send()
    }

    /// Writes all statements or none, and sends the whole transaction again if the database asks for it.
    ///
    /// A commit whose answer was lost is sent again, so the statements must allow a repetition.
    pub(crate) fn commit(self) -> BoxFuture<'static, Result<Answers, DatabaseError>> {
        self.send()
    }

    /// Sends the script in a boxed future. Otherwise the callers' futures would contain those of the drivers, and the
    /// compiler would lay out all of them as one type.
    fn send(self) -> BoxFuture<'static, Result<Answers, DatabaseError>> {
        let (database, order, statements) = (self.database.clone(), self.order, self.statements);
        let (keeps_plan, problem) = (self.keeps_plan, self.problem);
        Box::pin(async move {
            if let Some(problem) = problem {
                return Err(problem);
            }
            match database.backend() {
                DatabaseBackend::Postgres => {
                    let script = postgres::Script::new(order, statements, keeps_plan);
                    retry::spawned(async move { retry::retrying(|| script.run(&database)).await }).await
                }
                DatabaseBackend::MySql => {
                    let script = mysql::Script::new(&database, order, &statements);
                    retry::spawned(async move { retry::retrying(|| script.run(&database)).await }).await
                }
                _ => {
                    let script = sqlite::Script::new(order, statements);
                    retry::retrying(|| script.run(&database)).await
                }
            }
        })
    }

    fn push(&mut self, statement: &impl QueryStatementWriter, output: Output) -> usize {
        let mut bound = self.bound();
        bound.push_statement(self.backend(), statement);
        self.keep(bound, output)
    }

    fn push_text(&mut self, text: &str, output: Output) -> usize {
        let mut bound = self.bound();
        bound.push_text(text);
        self.keep(bound, output)
    }

    /// An empty text whose placeholders have the right first number:
    /// PostgreSQL gets statements that belong together as one.
    fn bound(&self) -> Bound {
        let first = match self.order {
            Order::Reads | Order::Together => self.values,
            Order::InSequence => 0,
        };
        Bound::new(self.backend(), first)
    }

    fn keep(&mut self, bound: Bound, output: Output) -> usize {
        let (text, mut values) = bound.into_parts();
        if self.backend() != DatabaseBackend::MySql {
            self.replace_nul(&mut values);
        }
        self.values += values.len();
        self.statements.push(Statement { text, values, output });
        if output == Output::Nothing {
            return usize::MAX;
        }
        self.outputs += 1;
        self.outputs - 1
    }

    /// Replaces NUL in the texts of a read, and refuses a write whose texts contain NUL. PostgreSQL
    /// cannot store NUL, and SQLite finds only the part of a text that is before the NUL.
    fn replace_nul(&mut self, values: &mut [Value]) {
        for value in values {
            match value {
                Value::Array(_, Some(elements)) => self.replace_nul(elements),
                Value::String(Some(text)) if text.contains('\0') => {
                    if self.order == Order::Reads {
                        *text = text.replace('\0', NUL);
                    } else {
                        self.refuse(DatabaseError::Failed("a text holds a NUL".into()));
                    }
                }
                _ => {}
            }
        }
    }
}
