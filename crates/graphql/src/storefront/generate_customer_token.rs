//! `generateCustomerToken`: a customer signs in (`docs/contract.md` section 10).

use async_graphql::{Context, Error, Object, Result, SimpleObject};

use super::is_falsy;
use crate::kit::context::{app, viewer};
use crate::kit::error::{Category, internal, refused};

/// The message for a wrong password, an unknown address and a locked account: one text for all three, so that it does
/// not tell who has an account.
const WRONG: &str = "The account sign-in was incorrect or your account is disabled temporarily. \
                     Please wait and try again later.";

#[derive(Default)]
pub(crate) struct GenerateCustomerTokenMutation;

/// The result of `generateCustomerToken`.
#[derive(SimpleObject)]
struct CustomerToken {
    /// The access token of the customer, to be sent in the header `Authorization: Bearer TOKEN`. It expires after the
    /// time that the installation sets, one hour by default. Never null.
    token: Option<String>,
}

#[Object]
impl GenerateCustomerTokenMutation {
    /// Signs a customer in on the website of the requested store view. Null only together with an error, such as a
    /// wrong password.
    async fn generate_customer_token(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The e-mail address of the customer's account, in any case of letters.")]
        email: String,
        #[graphql(desc = "The password of the customer's account.", secret)] password: String,
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
