//! Settings of a store view for features that this shop does not have: constants with which storefronts start.

use async_graphql::{Enum, ID};
use countermand_domain::{MIN_PASSWORD_CLASSES, MIN_PASSWORD_LENGTH};

use crate::kit::nothing::constant_object;

/// How storefronts show fixed product taxes.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FixedProductTaxDisplaySettings {
    /// Prices include fixed product taxes, and the taxes are not shown on their own.
    IncludeFptWithoutDetails,
    /// Prices include fixed product taxes, and the taxes are also shown on their own.
    IncludeFptWithDetails,
    /// Prices do not include fixed product taxes; the taxes and the price with them are shown on their own.
    ExcludeFptAndIncludeWithDetails,
    /// Prices do not include fixed product taxes, and the taxes are not shown.
    ExcludeFptWithoutDetails,
    /// The shop has no fixed product taxes.
    FptDisabled,
}

/// `value` as a text of its own.
fn text(value: &str) -> String {
    value.to_owned()
}

constant_object! {
    /// Settings of product lists, products and categories; this shop has no product catalog.
    CatalogSettings {
        /// Always `0` (no): this shop has no product reviews.
        allow_guests_to_write_product_reviews: Option<String> = Some(text("0")),
        /// Always true: browsers may fill in the forms for signing in and for a new password.
        autocomplete_on_storefront: Option<bool> = Some(true),
        /// Always `position`, the order of product lists: this shop has no product catalog.
        catalog_default_sort_by: Option<String> = Some(text("position")),
        /// Always false: this shop has no category pages that could name an address for search engines.
        category_canonical_tag: Option<bool> = Some(false),
        /// Always `FPT_DISABLED`: category pages show no fixed product taxes, because this shop keeps none.
        category_fixed_product_tax_display_setting: Option<FixedProductTaxDisplaySettings> =
            Some(FixedProductTaxDisplaySettings::FptDisabled),
        /// Always `.html`, the ending of category page addresses: this shop has no product catalog.
        category_url_suffix: Option<String> = Some(text(".html")),
        /// Always `parent`, the configurable product's own picture in a cart: this shop has no pictures and no carts.
        configurable_thumbnail_source: Option<String> = Some(text("parent")),
        /// Always `0` (no): this shop has no wish lists.
        enable_multiple_wishlists: Option<String> = Some(text("0")),
        /// Always 12, the number of products on a page in a grid: this shop has no product catalog.
        grid_per_page: Option<i32> = Some(12),
        /// Always `12,24,36`, the numbers of products on a page to choose
        /// from in a grid: this shop has no product catalog.
        grid_per_page_values: Option<String> = Some(text("12,24,36")),
        /// Always `grid-list`, a grid that shoppers may switch to a list: this shop has no product catalog.
        list_mode: Option<String> = Some(text("grid-list")),
        /// Always 10, the number of products on a page in a list: this shop has no product catalog.
        list_per_page: Option<i32> = Some(10),
        /// Always `5,10,15,20,25`, the numbers of products on a page to choose
        /// from in a list: this shop has no product catalog.
        list_per_page_values: Option<String> = Some(text("5,10,15,20,25")),
        /// Always `0` (no): this shop has no wish lists.
        magento_wishlist_general_is_enabled: Option<String> = Some(text("0")),
        /// Always `0`: this shop has no wish lists.
        maximum_number_of_wishlists: Option<String> = Some(text("0")),
        /// Always false: this shop has no product pages that could name an address for search engines.
        product_canonical_tag: Option<bool> = Some(false),
        /// Always `FPT_DISABLED`: product pages show no fixed product taxes, because this shop keeps none.
        product_fixed_product_tax_display_setting: Option<FixedProductTaxDisplaySettings> =
            Some(FixedProductTaxDisplaySettings::FptDisabled),
        /// Always `0` (no): this shop has no product reviews.
        product_reviews_enabled: Option<String> = Some(text("0")),
        /// Always `.html`, the ending of product page addresses: this shop has no product catalog.
        product_url_suffix: Option<String> = Some(text(".html")),
        /// Always null: this shop has no product catalog and so no root category.
        root_category_id: Option<i32> = None,
        /// Always null: this shop has no product catalog and so no root category.
        root_category_uid: Option<ID> = None,
        /// Always `kgs` (kilograms), the unit of product weights: this shop keeps no weights.
        weight_unit: Option<String> = Some(text("kgs")),
    }
}

constant_object! {
    /// Settings of pages, logos and titles; this shop keeps no content.
    ContentSettings {
        /// Always null: this shop has no scripts for the end of each page.
        absolute_footer: Option<String> = None,
        /// Always null: this shop keeps no pages and so no home page.
        cms_home_page: Option<String> = None,
        /// Always null: this shop keeps no pages and so none for browsers without cookies.
        cms_no_cookies: Option<String> = None,
        /// Always null: this shop keeps no pages and so none for unknown addresses.
        cms_no_route: Option<String> = None,
        /// Always null: this shop keeps no copyright notice.
        copyright: Option<String> = None,
        /// Always null: this shop keeps no default description of pages.
        default_description: Option<String> = None,
        /// Always null: this shop keeps no default keywords of pages.
        default_keywords: Option<String> = None,
        /// Always null: this shop keeps no default title of pages.
        default_title: Option<String> = None,
        /// Always null: this shop keeps no pages and so no landing page.
        front: Option<String> = None,
        /// Always null: this shop has no scripts for the head of each page.
        head_includes: Option<String> = None,
        /// Always null: this shop keeps no icon for browser tabs.
        head_shortcut_icon: Option<String> = None,
        /// Always null: this shop keeps no logo.
        header_logo_src: Option<String> = None,
        /// Always null: this shop keeps no logo and so no text in its place.
        logo_alt: Option<String> = None,
        /// Always null: this shop keeps no logo and so no height in pixels.
        logo_height: Option<i32> = None,
        /// Always null: this shop keeps no logo and so no width in pixels.
        logo_width: Option<i32> = None,
        /// Always null: this shop keeps no pages and so none for unknown addresses.
        no_route: Option<String> = None,
        /// Always 0 (no): this shop keeps no pages and so no path to show on them.
        show_cms_breadcrumbs: Option<i32> = Some(0),
        /// Always null: this shop puts no text before the title of pages.
        title_prefix: Option<String> = None,
        /// Always `-`, the sign between the parts of a page title.
        title_separator: Option<String> = Some(text("-")),
        /// Always null: this shop puts no text after the title of pages.
        title_suffix: Option<String> = None,
        /// Always null: this shop keeps no welcome message.
        welcome: Option<String> = None,
    }
}

constant_object! {
    /// Settings of accounts, which staff makes.
    CustomerSettings {
        /// Always false: this shop has no contact form.
        contact_enabled: bool = false,
        /// Always false: new accounts need no confirmation by e-mail.
        create_account_confirmation: Option<bool> = Some(false),
        /// Smallest length of a password in characters, written in digits, such as `8`. Never null.
        minimum_password_length: Option<String> = Some(MIN_PASSWORD_LENGTH.to_string()),
        /// Always false: this shop has no newsletter.
        newsletter_enabled: bool = false,
        /// Smallest number of kinds of characters in a password, out of lower case, upper case, digits and others,
        /// written in digits, such as `3`. Never null.
        required_character_classes_number: Option<String> = Some(MIN_PASSWORD_CLASSES.to_string()),
        /// Where an account is valid: 0 on all websites, 1 on one website. Always 1.
        share_customer_accounts_scope: Option<i32> = Some(1),
        /// Always null: this shop has no shopping assistance, in which staff acts as the customer.
        shopping_assistance_checkbox_title: Option<String> = None,
        /// Always null: this shop has no shopping assistance, in which staff acts as the customer.
        shopping_assistance_checkbox_tooltip: Option<String> = None,
        /// Always false: this shop has no shopping assistance, in which staff acts as the customer.
        shopping_assistance_enabled: Option<bool> = Some(false),
    }
}

constant_object! {
    /// Settings of carts and checkout; this shop has neither.
    CheckoutSettings {
        /// Always `0` (no): this shop keeps no gift receipts.
        allow_gift_receipt: Option<String> = Some(text("0")),
        /// Always `0` (no): this shop keeps no gift messages for items.
        allow_items: Option<String> = Some(text("0")),
        /// Always `0` (no): this shop keeps no gift messages for orders.
        allow_order: Option<String> = Some(text("0")),
        /// Always `0` (no): this shop keeps no printed cards.
        allow_printed_card: Option<String> = Some(text("0")),
        /// Country codes, separated by commas, of the countries whose addresses need a region. Always an empty
        /// text: this shop requires no region.
        countries_with_required_region: Option<String> = Some(text("")),
        /// Always true: orders of guests are possible.
        is_guest_checkout_enabled: Option<bool> = Some(true),
        /// Country codes, separated by commas, of the countries whose addresses need no postal code. Always an
        /// empty text: this shop names no such country.
        optional_zip_countries: Option<String> = Some(text("")),
        /// Always `0` (no): this shop keeps no credit cards for Payflow Pro.
        payment_payflowpro_cc_vault_active: Option<String> = Some(text("0")),
    }
}

constant_object! {
    /// How storefronts show orders and their documents. In prices, 1 is without tax, 2 is with tax and 3 is both.
    SalesSettings {
        /// Whether orders and their documents show each tax on its own. Always false.
        orders_invoices_credit_memos_display_full_summary: bool = false,
        /// Whether orders and their documents show the grand total both with and without tax. Always false.
        orders_invoices_credit_memos_display_grandtotal: bool = false,
        /// How orders and their documents show prices: 1 without tax, 2 with tax, 3 both. Always 1.
        orders_invoices_credit_memos_display_price: i32 = 1,
        /// How orders and their documents show the shipping cost: 1 without tax, 2 with tax, 3 both. Always 1.
        orders_invoices_credit_memos_display_shipping_amount: i32 = 1,
        /// How orders and their documents show the subtotal: 1 without tax, 2 with tax, 3 both. Always 1.
        orders_invoices_credit_memos_display_subtotal: i32 = 1,
        /// Whether orders and their documents show a tax of zero. Always false.
        orders_invoices_credit_memos_display_zero_tax: bool = false,
        /// Always `disabled`: this shop does not handle returns.
        returns_enabled: String = text("disabled"),
        /// Always `FPT_DISABLED`: orders show no fixed product taxes, because this shop keeps none.
        sales_fixed_product_tax_display_setting: Option<FixedProductTaxDisplaySettings> =
            Some(FixedProductTaxDisplaySettings::FptDisabled),
        /// Always `0` (no): orders show no gift wrapping, because this shop keeps none.
        sales_gift_wrapping: Option<String> = Some(text("0")),
        /// Always `0` (no): orders show no printed cards, because this shop keeps none.
        sales_printed_card: Option<String> = Some(text("0")),
    }
}
