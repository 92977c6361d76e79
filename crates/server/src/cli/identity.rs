//! The options for the shop's own identity service.

use std::fmt;

use anyhow::{Context, ensure};
use clap::builder::BoolishValueParser;
use clap::{Args, ValueEnum};
use countermand_integrations::identity::{
    CustomerClaim, IdentitySettings, JwtVerifier, KeySource, TokenKeys,
};

#[derive(Args)]
pub(crate) struct IdentityArgs {
    /// Issuer (`iss`) of the tokens of the shop's own identity service; without it, such tokens are not accepted.
    #[arg(long = "jwt-issuer", env = "JWT_ISSUER")]
    issuer: Option<String>,
    /// Audience (`aud`) that the tokens of the identity service must name.
    #[arg(long = "jwt-audience", env = "JWT_AUDIENCE")]
    audience: Option<String>,
    /// Secret of at least 32 bytes with which the identity service signs its tokens (HS256).
    #[arg(long = "jwt-secret", env = "JWT_SECRET", hide_env_values = true)]
    secret: Option<String>,
    /// File or web address of the keys that the identity service publishes as a JWKS (RS256, ES256).
    #[arg(long = "jwt-jwks", env = "JWT_JWKS", hide_env_values = true)]
    jwks: Option<String>,
    /// Claim of the tokens that names the customer.
    #[arg(long = "jwt-claim", env = "JWT_CUSTOMER_CLAIM", value_enum, default_value_t = Claim::Email)]
    claim: Claim,
    /// Refuse a token that names the customer by e-mail address unless its claim `email_verified` is true.
    #[arg(long = "jwt-require-verified-email", env = "JWT_REQUIRE_VERIFIED_EMAIL", value_parser = BoolishValueParser::new())]
    require_verified_email: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Claim {
    /// The claim `email`: the e-mail address of the account; refused if `email_verified` is false.
    Email,
    /// The claim `customer_id`: the number of the account.
    #[value(name = "customer_id")]
    CustomerId,
}

impl IdentityArgs {
    /// The verifier for the identity service; none without an identity service, an error if an option is missing.
    pub(crate) fn verifier(&self) -> anyhow::Result<Option<JwtVerifier>> {
        let Some(issuer) = &self.issuer else {
            let nothing = self.audience.is_none() && self.secret.is_none() && self.jwks.is_none();
            ensure!(nothing, "an identity service needs --jwt-issuer (JWT_ISSUER)");
            return Ok(None);
        };
        let audience = self.audience.as_ref();
        let audience = audience.context("an identity service needs --jwt-audience (JWT_AUDIENCE)")?;
        let keys = match (&self.secret, &self.jwks) {
            (Some(secret), None) => TokenKeys::Secret(secret.clone()),
            (None, Some(place)) => TokenKeys::Published(KeySource::parse(place)?),
            (None, None) | (Some(_), Some(_)) => anyhow::bail!(
                "an identity service needs either --jwt-secret (JWT_SECRET) or --jwt-jwks (JWT_JWKS)"
            ),
        };
        let verifier = JwtVerifier::new(IdentitySettings {
            issuer: issuer.clone(),
            audience: audience.clone(),
            claim: self.customer_claim(),
            keys,
        })?;
        Ok(Some(verifier))
    }

    fn customer_claim(&self) -> CustomerClaim {
        match self.claim {
            Claim::Email if self.require_verified_email => CustomerClaim::VerifiedEmail,
            Claim::Email => CustomerClaim::Email,
            Claim::CustomerId => CustomerClaim::CustomerId,
        }
    }
}

impl fmt::Debug for IdentityArgs {
    /// Writes the options without the shared secret.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("IdentityArgs")
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        identity: IdentityArgs,
    }

    /// The error for these flags; empty if they are accepted.
    fn problem(flags: &[&str]) -> String {
        let line = Line::try_parse_from([&["serve"], flags].concat()).expect("flags");
        line.identity
            .verifier()
            .map_or_else(|problem| problem.to_string(), |_| String::new())
    }

    #[test]
    fn half_an_identity_service_is_refused() {
        let secret = "0123456789abcdef0123456789abcdef";
        assert_eq!(problem(&[]), "");
        let whole = ["--jwt-issuer", "i", "--jwt-audience", "a", "--jwt-secret", secret];
        assert_eq!(problem(&whole), "");
        assert_eq!(
            problem(&[
                "--jwt-issuer",
                "i",
                "--jwt-audience",
                "a",
                "--jwt-jwks",
                "keys.json"
            ]),
            ""
        );
        for (left_out, told) in [
            (0, "--jwt-issuer"),
            (2, "--jwt-audience"),
            (4, "either --jwt-secret"),
        ] {
            let mut flags = whole.to_vec();
            flags.drain(left_out..left_out + 2);
            assert!(problem(&flags).contains(told), "{flags:?}");
        }
        let both = [&whole[..], &["--jwt-jwks", "keys.json"]].concat();
        assert!(problem(&both).contains("either --jwt-secret"));
        let short = [&whole[..5], &["secret"]].concat();
        assert!(problem(&short).contains("32 bytes"));
        let elsewhere = [&whole[..4], &["--jwt-jwks", "ftp://keys"]].concat();
        assert!(problem(&elsewhere).contains("neither a file nor an http(s) address"));
    }
}
