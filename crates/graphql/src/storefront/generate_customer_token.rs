//! `generateCustomerToken`: a customer signs in (contract section 10).

use async_graphql::{Context, Error, Object, Result, SimpleObject};

use super::is_falsy;
use crate::context::{app, viewer};
use crate::error::{Category, internal, refused};

/// One text for a wrong password, an unknown address and a locked account: nobody learns who has an account.
const WRONG: &str = "The account sign-in was incorrect or your account is disabled temporarily. \
                     Please wait and try again later.";

#[derive(Default)]
pub(crate) struct GenerateCustomerTokenMutation;

/// A bearer token.
#[derive(SimpleObject)]
struct CustomerToken {
    /// What to send as `Authorization: Bearer`.
    token: Option<String>,
}

#[Object]
impl GenerateCustomerTokenMutation {
    /// Signs in on the website of the requested store view.
    async fn generate_customer_token(
        &self,
        context: &Context<'_>,
        email: String,
        #[graphql(secret)] password: String,
    ) -> Option<Result<CustomerToken>> {
        Some(sign_in(context, &email, &password).await)
    }
}

async fn sign_in(context: &Context<'_>, email: &str, password: &str) -> Result<CustomerToken> {
    if is_falsy(email) {
        return Err(missing("email"));
    }
    if is_falsy(password) {
        return Err(missing("password"));
    }
    let token = app(context)?
        .sign_in(viewer(context)?, email, password)
        .await
        .map_err(internal)?;
    match token {
        Some(token) => Ok(CustomerToken { token: Some(token) }),
        None => Err(refused(Category::Authentication, "UNAUTHENTICATED", WRONG)),
    }
}

fn missing(name: &str) -> Error {
    refused(
        Category::Input,
        "BAD_PARAMETER",
        format!("Specify the \"{name}\" value."),
    )
}
