//! The known storefronts: the operations of each, and how each sends them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::ask::Ask;
use crate::shop::TestShop;

/// The folder with the documents, one folder for each storefront.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/documents");

/// A storefront.
#[derive(Debug, Clone, Copy)]
pub struct StorefrontClient {
    /// The folder with the documents of this storefront.
    documents: &'static str,
    /// Whether queries come by GET with everything in the URL. Mutations always come by POST.
    queries_by_get: bool,
    /// Whether the request names the operation beside the document.
    names_operations: bool,
    /// The headers that are sent with every request while no customer is signed in.
    headers: &'static [(&'static str, &'static str)],
}

/// A browser sends a preflight request for this content type, also by GET.
const DROPIN_HEADERS: &[(&str, &str)] = &[
    ("Content-Type", "application/json"),
    ("Accept", "application/json"),
    ("Store", "default"),
    ("Magento-Store-Code", "main_website_store"),
    ("Magento-Store-View-Code", "default"),
    ("Magento-Website-Code", "base"),
    ("X-Api-Key", "an-unused-key"),
    ("Magento-Environment-Id", "an-environment"),
];

impl StorefrontClient {
    /// Adobe's drop-in component for orders, in the browser.
    pub const DROPINS_ORDER: Self = Self::dropins("dropins-order");
    /// Adobe's drop-in component for the account, in the browser.
    pub const DROPINS_ACCOUNT: Self = Self::dropins("dropins-account");
    /// Adobe's drop-in component for signing in, and the tools that all drop-ins share.
    pub const DROPINS_AUTH: Self = Self::dropins("dropins-auth");
    /// PWA Studio in the browser: peregrine and venia-ui.
    pub const PWA_STUDIO: Self = Self {
        documents: "pwa-studio",
        queries_by_get: true,
        names_operations: true,
        headers: &[
            ("Accept", "*/*"),
            ("Content-Type", "application/json"),
            ("store", "default"),
            ("Content-Currency", "USD"),
            ("authorization", ""),
            ("x-magento-cache-id", "null"),
            ("X-ReCaptcha", "a-captcha"),
        ],
    };
    /// The gateway of `GraphCommerce`, on its server.
    pub const GRAPHCOMMERCE: Self = Self {
        documents: "graphcommerce",
        queries_by_get: true,
        names_operations: true,
        headers: &[
            ("Accept", "application/graphql-response+json, application/json"),
            ("Store", "default"),
            ("Content-Currency", "USD"),
            ("X-ReCaptcha", "a-captcha"),
            ("Preview-Version", "0"),
            ("X-Magento-Cache-Id", "null"),
        ],
    };
    /// The middleware of Alokai, on its server.
    pub const ALOKAI: Self = Self {
        documents: "alokai",
        queries_by_get: false,
        names_operations: true,
        headers: &[
            ("Accept", "*/*"),
            ("Store", "default"),
            ("Content-Currency", "USD"),
        ],
    };

    const fn dropins(documents: &'static str) -> Self {
        Self {
            documents,
            queries_by_get: true,
            names_operations: false,
            headers: DROPIN_HEADERS,
        }
    }

    /// The request of an operation, with the variables that are kept beside its document.
    ///
    /// # Panics
    /// When the storefront has no such document.
    #[must_use]
    pub fn ask(&self, shop: &TestShop, operation: &str) -> Ask {
        let file = self.file(operation, "graphql");
        let document = squeezed(&with_imports(&file, &mut BTreeSet::new()));
        let is_query = document.starts_with("query");
        let mut ask = shop.ask(&document);
        if let Ok(variables) = std::fs::read_to_string(self.file(operation, "json")) {
            let variables = serde_json::from_str::<Value>(&variables);
            ask = ask.variables(variables.unwrap_or_else(|problem| panic!("{operation}: {problem}")));
        }
        if self.names_operations {
            ask = ask.operation_name(operation);
        }
        for (name, value) in self.headers {
            ask = ask.header(name, value);
        }
        if is_query && self.queries_by_get {
            ask.by_get()
        } else {
            ask
        }
    }

    fn file(&self, operation: &str, extension: &str) -> PathBuf {
        Path::new(FOLDER)
            .join(self.documents)
            .join(operation)
            .with_extension(extension)
    }
}

/// The text of a file after the texts of all files that it imports, each file once.
fn with_imports(file: &Path, read: &mut BTreeSet<PathBuf>) -> String {
    if !read.insert(file.to_owned()) {
        return String::new();
    }
    let shown = file.display();
    let mut text = std::fs::read_to_string(file).unwrap_or_else(|problem| panic!("{shown}: {problem}"));
    let imports: Vec<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix("#import \"")?.strip_suffix('"'))
        .map(|path| file.with_file_name(path.trim_start_matches("./")))
        .collect();
    for import in imports {
        text += &with_imports(&import, read);
    }
    text
}

/// The document without comments and with single spaces: storefronts shorten their URLs like this. The documents
/// have no block strings and no `#` within strings.
fn squeezed(document: &str) -> String {
    let code = document
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default());
    let words: Vec<_> = code.flat_map(str::split_whitespace).collect();
    words.join(" ")
}
