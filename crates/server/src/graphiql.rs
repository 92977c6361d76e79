//! The page `/graphiql`: GraphiQL with example tabs that run against this server.

use std::fmt::Write as _;
use std::io::{self, Read as _};

use flate2::read::GzDecoder;
use serde_json::{Value, json};

include!(concat!(env!("OUT_DIR"), "/graphiql_assets.rs"));

/// The script that starts GraphiQL. It is a file of its own, so that the policy can forbid inline scripts.
const START: &str = include_str!("graphiql/start.js");
const START_NAME: &str = "start.js";

/// The path of the page's assets; the name of an asset follows it.
pub const ASSETS_PATH: &str = "/graphiql/";

/// An example tab of the page.
#[derive(Debug, Clone, PartialEq)]
pub struct ExampleTab {
    /// The GraphQL document.
    pub query: String,
    /// The variables of the document: a JSON object, or null for none.
    pub variables: Value,
    /// The HTTP headers of the request, such as `Store` and `Authorization`.
    pub headers: Vec<(String, String)>,
}

/// A file of GraphiQL or of a library that GraphiQL uses.
struct File {
    name: &'static str,
    /// The address of the same version of the file on a public CDN.
    url: &'static str,
    /// The checksum of the file in the form of the HTML attribute `integrity`.
    integrity: &'static str,
    content_type: &'static str,
    /// The content of the file, packed with gzip; empty if it is not bundled.
    packed: &'static [u8],
}

/// An asset of the page as this binary holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asset {
    /// The value of the header `Content-Type`.
    pub content_type: &'static str,
    content: &'static [u8],
    /// Whether the content is packed with gzip.
    pub is_packed: bool,
}

impl Asset {
    /// The content in the form in which the binary holds it.
    #[must_use]
    pub const fn content(&self) -> &'static [u8] {
        self.content
    }

    /// The content for clients that do not take gzip.
    ///
    /// # Errors
    /// If the packed content is damaged, which the build does not make.
    pub fn unpacked(&self) -> io::Result<Vec<u8>> {
        let mut content = Vec::new();
        if self.is_packed {
            GzDecoder::new(self.content).read_to_end(&mut content)?;
        } else {
            content.extend_from_slice(self.content);
        }
        Ok(content)
    }
}

/// Whether the files are in this binary. Without them the page needs the internet, and the program should say so.
#[must_use]
pub fn is_bundled() -> bool {
    BUNDLED
}

/// The HTML of the page. It opens with `tabs` and sends its requests to `endpoint`, a path on the same host.
#[must_use]
pub fn page(endpoint: &str, tabs: &[ExampleTab]) -> String {
    let mut styles = String::new();
    let mut scripts = String::new();
    for file in FILES {
        // Writing to a `String` cannot fail.
        let _ = if file.content_type.starts_with("text/css") {
            writeln!(styles, r#"<link rel="stylesheet" {}>"#, file.reference("href"))
        } else {
            writeln!(scripts, "<script defer {}></script>", file.reference("src"))
        };
    }
    let examples = embeddable(&json!({
        "endpoint": endpoint,
        "tabs": tabs.iter().map(ExampleTab::definition).collect::<Vec<_>>(),
    }));
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>Countermand GraphiQL</title>
{styles}{scripts}<script defer src="{ASSETS_PATH}{START_NAME}"></script>
</head>
<body style="margin: 0">
<div id="graphiql" style="height: 100vh">Loading&hellip;</div>
<script type="application/json" id="examples">{examples}</script>
</body>
</html>
"#
    )
}

/// The asset `name`; none if it is unknown or not bundled.
#[must_use]
pub fn asset(name: &str) -> Option<Asset> {
    if name == START_NAME {
        return Some(Asset {
            content_type: "text/javascript; charset=utf-8",
            content: START.as_bytes(),
            is_packed: false,
        });
    }
    let file = FILES.iter().find(|file| file.name == name)?;
    BUNDLED.then_some(Asset {
        content_type: file.content_type,
        content: file.packed,
        is_packed: true,
    })
}

/// The `Content-Security-Policy` of the page. It allows the files of the page, requests to the same host and inline
/// styles.
#[must_use]
pub fn content_security_policy() -> String {
    let from_cdn = |kind: &str| {
        let wanted = |file: &&File| !BUNDLED && file.content_type.starts_with(kind);
        let urls = FILES.iter().filter(wanted).map(|file| format!(" {}", file.url));
        urls.collect::<String>()
    };
    format!(
        "default-src 'none'; script-src 'self'{}; style-src 'self' 'unsafe-inline'{}; connect-src 'self'; \
         font-src data:; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        from_cdn("text/javascript"),
        from_cdn("text/css"),
    )
}

impl ExampleTab {
    /// The tab as an entry of GraphiQL's `defaultTabs`, whose fields are texts of JSON.
    fn definition(&self) -> Value {
        let headers: serde_json::Map<String, Value> = self
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), json!(value)))
            .collect();
        let variables = if self.variables.is_null() {
            String::new()
        } else {
            format!("{:#}", self.variables)
        };
        json!({
            "query": self.query,
            "variables": variables,
            "headers": format!("{:#}", Value::Object(headers)),
        })
    }
}

impl File {
    /// The HTML attributes that load the file: from this server, or from the CDN with its checksum.
    fn reference(&self, attribute: &str) -> String {
        if BUNDLED {
            format!(r#"{attribute}="{ASSETS_PATH}{}""#, self.name)
        } else {
            let Self { url, integrity, .. } = self;
            format!(r#"{attribute}="{url}" integrity="{integrity}" crossorigin="anonymous""#)
        }
    }
}

/// `json` as text that cannot end the `<script>` element around it.
fn embeddable(json: &Value) -> String {
    // These characters occur only in strings of JSON, where their escapes mean the same.
    json.to_string()
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hostile_tab() -> ExampleTab {
        ExampleTab {
            query: "# </script><!-- <script>alert(1)//\n{ storeConfig { store_code } }".into(),
            variables: json!({ "reason": "a & b" }),
            headers: vec![("Store".into(), "default".into())],
        }
    }

    fn embedded_examples(page: &str) -> Value {
        let (_, after) = page
            .split_once(r#"<script type="application/json" id="examples">"#)
            .expect("the page carries its examples");
        let (examples, _) = after.split_once("</script>").expect("the script ends");
        serde_json::from_str(examples).expect("the examples are JSON")
    }

    #[test]
    fn examples_cannot_leave_their_script_and_arrive_unchanged() {
        let tab = hostile_tab();
        let examples = embedded_examples(&page("/graphql", std::slice::from_ref(&tab)));
        assert_eq!(examples["endpoint"], "/graphql");
        assert_eq!(examples["tabs"][0]["query"], tab.query);
        let variables = examples["tabs"][0]["variables"].as_str().expect("text");
        assert_eq!(
            serde_json::from_str::<Value>(variables).expect("JSON"),
            tab.variables
        );
        let headers = examples["tabs"][0]["headers"].as_str().expect("text");
        assert_eq!(
            serde_json::from_str::<Value>(headers).expect("JSON"),
            json!({ "Store": "default" })
        );
    }

    #[test]
    fn a_tab_without_variables_shows_none() {
        let tab = ExampleTab {
            variables: Value::Null,
            ..hostile_tab()
        };
        let examples = embedded_examples(&page("/graphql", &[tab]));
        assert_eq!(examples["tabs"][0]["variables"], "");
    }

    #[test]
    fn every_file_that_the_page_names_is_served_or_comes_checked_from_the_cdn() {
        let page = page("/graphql", &[]);
        assert!(asset(START_NAME).is_some());
        for file in FILES {
            if let Some(asset) = asset(file.name) {
                assert!(page.contains(&format!("\"{ASSETS_PATH}{}\"", file.name)));
                assert_eq!(asset.content_type, file.content_type);
                let unpacked = asset.unpacked().expect("the build packs whole files");
                assert!(unpacked.len() > asset.content().len());
            } else {
                assert!(page.contains(&format!("\"{}\" integrity=\"{}\"", file.url, file.integrity)));
                assert!(content_security_policy().contains(file.url));
            }
        }
    }

    #[test]
    fn an_unknown_asset_is_not_served() {
        assert_eq!(asset("../Cargo.toml"), None);
        assert_eq!(asset(""), None);
    }

    #[test]
    fn the_policy_forbids_inline_scripts_and_eval() {
        let policy = content_security_policy();
        let scripts = policy
            .split("; ")
            .find(|it| it.starts_with("script-src"))
            .expect("a rule");
        assert!(!scripts.contains("unsafe"));
    }
}
