//! Settings of a store view that are about the rest of a shop: sane constants, so that storefronts start.

use async_graphql::{Enum, ID};
use countermand_domain::{MIN_PASSWORD_CLASSES, MIN_PASSWORD_LENGTH};

use super::nothing::constant_object;

/// How a tax by the piece is shown.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FixedProductTaxDisplaySettings {
    /// In the price, not told.
    IncludeFptWithoutDetails,
    /// In the price, and told.
    IncludeFptWithDetails,
    /// Beside the price, and told with both.
    ExcludeFptAndIncludeWithDetails,
    /// Beside the price, not told.
    ExcludeFptWithoutDetails,
    /// There is none.
    FptDisabled,
}

/// The text `value`.
fn text(value: &str) -> String {
    value.to_owned()
}

constant_object! {
    /// Lists, products and categories: there is no catalog here.
    CatalogSettings {
        allow_guests_to_write_product_reviews: Option<String> = Some(text("0")),
        autocomplete_on_storefront: Option<bool> = Some(true),
        catalog_default_sort_by: Option<String> = Some(text("position")),
        category_canonical_tag: Option<bool> = Some(false),
        category_fixed_product_tax_display_setting: Option<FixedProductTaxDisplaySettings> =
            Some(FixedProductTaxDisplaySettings::FptDisabled),
        category_url_suffix: Option<String> = Some(text(".html")),
        configurable_thumbnail_source: Option<String> = Some(text("parent")),
        enable_multiple_wishlists: Option<String> = Some(text("0")),
        grid_per_page: Option<i32> = Some(12),
        grid_per_page_values: Option<String> = Some(text("12,24,36")),
        list_mode: Option<String> = Some(text("grid-list")),
        list_per_page: Option<i32> = Some(10),
        list_per_page_values: Option<String> = Some(text("5,10,15,20,25")),
        magento_wishlist_general_is_enabled: Option<String> = Some(text("0")),
        maximum_number_of_wishlists: Option<String> = Some(text("0")),
        product_canonical_tag: Option<bool> = Some(false),
        product_fixed_product_tax_display_setting: Option<FixedProductTaxDisplaySettings> =
            Some(FixedProductTaxDisplaySettings::FptDisabled),
        product_reviews_enabled: Option<String> = Some(text("0")),
        product_url_suffix: Option<String> = Some(text(".html")),
        root_category_id: Option<i32> = None,
        root_category_uid: Option<ID> = None,
        weight_unit: Option<String> = Some(text("kgs")),
    }
}

constant_object! {
    /// Pages, logos and titles: there is no content here.
    ContentSettings {
        absolute_footer: Option<String> = None,
        cms_home_page: Option<String> = None,
        cms_no_cookies: Option<String> = None,
        cms_no_route: Option<String> = None,
        copyright: Option<String> = None,
        default_description: Option<String> = None,
        default_keywords: Option<String> = None,
        default_title: Option<String> = None,
        front: Option<String> = None,
        head_includes: Option<String> = None,
        head_shortcut_icon: Option<String> = None,
        header_logo_src: Option<String> = None,
        logo_alt: Option<String> = None,
        logo_height: Option<i32> = None,
        logo_width: Option<i32> = None,
        no_route: Option<String> = None,
        show_cms_breadcrumbs: Option<i32> = Some(0),
        title_prefix: Option<String> = None,
        title_separator: Option<String> = Some(text("-")),
        title_suffix: Option<String> = None,
        welcome: Option<String> = None,
    }
}

constant_object! {
    /// Accounts: they are made by staff.
    CustomerSettings {
        contact_enabled: bool = false,
        create_account_confirmation: Option<bool> = Some(false),
        minimum_password_length: Option<String> = Some(MIN_PASSWORD_LENGTH.to_string()),
        newsletter_enabled: bool = false,
        required_character_classes_number: Option<String> = Some(MIN_PASSWORD_CLASSES.to_string()),
        #[doc = "0 is everywhere, 1 is within a website: accounts live on one website."]
        share_customer_accounts_scope: Option<i32> = Some(1),
        shopping_assistance_checkbox_title: Option<String> = None,
        shopping_assistance_checkbox_tooltip: Option<String> = None,
        shopping_assistance_enabled: Option<bool> = Some(false),
    }
}

constant_object! {
    /// Baskets: there are none here.
    CheckoutSettings {
        allow_gift_receipt: Option<String> = Some(text("0")),
        allow_items: Option<String> = Some(text("0")),
        allow_order: Option<String> = Some(text("0")),
        allow_printed_card: Option<String> = Some(text("0")),
        countries_with_required_region: Option<String> = Some(text("")),
        is_guest_checkout_enabled: Option<bool> = Some(true),
        optional_zip_countries: Option<String> = Some(text("")),
        payment_payflowpro_cc_vault_active: Option<String> = Some(text("0")),
    }
}

constant_object! {
    /// How orders and their documents are shown. Prices: 1 without tax, 2 with tax, 3 both.
    SalesSettings {
        orders_invoices_credit_memos_display_full_summary: bool = false,
        orders_invoices_credit_memos_display_grandtotal: bool = false,
        orders_invoices_credit_memos_display_price: i32 = 1,
        orders_invoices_credit_memos_display_shipping_amount: i32 = 1,
        orders_invoices_credit_memos_display_subtotal: i32 = 1,
        orders_invoices_credit_memos_display_zero_tax: bool = false,
        returns_enabled: String = text("disabled"),
        sales_fixed_product_tax_display_setting: Option<FixedProductTaxDisplaySettings> =
            Some(FixedProductTaxDisplaySettings::FptDisabled),
        sales_gift_wrapping: Option<String> = Some(text("0")),
        sales_printed_card: Option<String> = Some(text("0")),
    }
}
