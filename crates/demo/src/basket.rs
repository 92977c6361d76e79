//! Fills the basket of an order with items.

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, IteratorRandom};
use serde_json::{Value, json};

use super::catalog::{Bundle, EVENING, KITCHEN, Kind, Product, SIZES};
use super::draft::{Basket, Draft};
use super::money::number;
use super::people::Person;
use super::row::{Row, advance, price};
use super::shop::{Language, Shop};
use super::situation::Progress;

/// The items of `draft`, with their prices and with the quantities that its situation has invoiced, shipped, canceled
/// and refunded.
pub(super) fn rows(draft: &Draft, products: &[Product], rng: &mut StdRng) -> Vec<Row> {
    let mut filling = Filling {
        buyer: &draft.buyer,
        shop: draft.shop,
        products,
        rows: Vec::new(),
    };
    filling.fill(draft.basket, rng);
    let mut rows = filling.rows;
    price(&mut rows, draft);
    advance(&mut rows, draft);
    rows
}

struct Filling<'a> {
    buyer: &'a Person,
    shop: &'static Shop,
    products: &'a [Product],
    rows: Vec<Row>,
}

impl Filling<'_> {
    fn fill(&mut self, basket: Basket, rng: &mut StdRng) {
        match basket {
            Basket::Single => self.add_some(Kind::Simple, 1, 1..=3, rng),
            Basket::Several => {
                self.add_some(Kind::Simple, 1, 2..=4, rng);
                let others = rng.random_range(1..=4);
                self.add_some(Kind::Simple, others, 1..=3, rng);
            }
            Basket::Mixed => {
                self.add_some(Kind::Simple, 1, 1..=2, rng);
                self.add_some(Kind::Virtual, 1, 1..=1, rng);
            }
            Basket::Configurable => self.add_clothes(rng),
            Basket::Bundle => self.add_bundle(&KITCHEN, 2),
            Basket::FixedBundle => self.add_bundle(&EVENING, rng.random_range(1..=2)),
            Basket::Virtual => self.add_some(Kind::Virtual, 1, 1..=2, rng),
            Basket::Downloadable => self.add_some(Kind::Downloadable, 1, 1..=1, rng),
            Basket::GiftCard => self.add_some(Kind::GiftCard, 1, 1..=2, rng),
        }
    }

    /// Adds `count` different products of `kind` that the basket does not hold yet.
    fn add_some(&mut self, kind: Kind, count: usize, units: std::ops::RangeInclusive<i64>, rng: &mut StdRng) {
        let fresh: Vec<Product> = self
            .products
            .iter()
            .filter(|product| product.kind == kind && !self.rows.iter().any(|row| row.sku == product.sku))
            .copied()
            .collect();
        for product in fresh.choose_multiple(rng, count) {
            let quantity = rng.random_range(units.clone());
            let options = self.options(product);
            self.push(product, self.shop.net_price(product), quantity, options);
        }
    }

    /// Adds two configurable products, each in one size.
    fn add_clothes(&mut self, rng: &mut StdRng) {
        let clothes = self
            .products
            .iter()
            .filter(|product| product.kind == Kind::Configurable)
            .choose_multiple(rng, 2);
        for product in clothes {
            let size = SIZES.choose(rng).unwrap_or(&SIZES[0]);
            self.add_configurable(product, size, rng.random_range(1..=2));
        }
    }

    /// Adds a configurable product in `size`. The parent item has the price and the SKU of the chosen product, as in
    /// Adobe's orders.
    fn add_configurable(&mut self, product: &Product, size: &str, quantity: i64) {
        let label = match self.shop.language {
            Language::English => "Size",
            Language::Dutch => "Maat",
            Language::Swedish => "Storlek",
        };
        let sku = format!("{}-{size}", product.sku);
        let options = json!({ "attributes_info": [{ "label": label, "value": size }] });
        let parent = self.push(product, self.shop.net_price(product), quantity, options);
        let child = self.push(&product.chosen(), 0, quantity, Value::Null);
        self.rows[parent].sku.clone_from(&sku);
        self.rows[child].sku = sku;
        self.rows[child].name = format!("{}-{size}", product.name(self.shop.language));
        self.rows[child].parent = Some(parent);
    }

    fn add_bundle(&mut self, bundle: &Bundle, quantity: i64) {
        let language = self.shop.language;
        let mut parts = Vec::new();
        for part in bundle.parts {
            let product = self.products.iter().find(|product| product.sku == part.sku);
            parts.extend(product.map(|product| (part, *product)));
        }
        let part_price = |product: &Product| {
            if bundle.fixed_price {
                0
            } else {
                self.shop.net_price(product)
            }
        };
        let prices: Vec<i64> = parts.iter().map(|(_, product)| part_price(product)).collect();
        let price = if bundle.fixed_price {
            self.shop.net_price(&bundle.product)
        } else {
            let of_set = parts
                .iter()
                .zip(&prices)
                .map(|((part, _), price)| part.quantity * price);
            of_set.sum()
        };
        let choices = parts.iter().zip(&prices).zip(1..).map(|(((part, product), price), id)| {
            json!({
                "option_id": id,
                "label": part.label(language),
                "value": [{ "title": product.name(language), "qty": part.quantity, "price": number(*price) }],
            })
        });
        let options = json!({ "bundle_options": choices.collect::<Vec<_>>() });
        let parent = self.push(&bundle.product, price, quantity, options);
        self.rows[parent].counts = bundle.fixed_price;
        for ((part, product), price) in parts.iter().zip(prices) {
            let child = self.push(product, price, part.quantity * quantity, Value::Null);
            self.rows[child].parent = Some(parent);
        }
    }

    /// Adds an item and returns its index.
    fn push(&mut self, product: &Product, price: i64, quantity: i64, options: Value) -> usize {
        self.rows.push(Row {
            parent: None,
            product_id: product.id,
            sku: product.sku.into(),
            name: product.name(self.shop.language).into(),
            kind: product.kind,
            counts: true,
            price,
            quantity,
            tax_rate: 0,
            net: price * quantity,
            discount: 0,
            tax: 0,
            progress: Progress::default(),
            options,
        });
        self.rows.len() - 1
    }

    /// The options that Adobe keeps with an item of a downloadable product or a gift card; null for other products.
    fn options(&self, product: &Product) -> Value {
        let name = product.name(self.shop.language);
        match product.kind {
            Kind::Downloadable => {
                json!({ "links": [{ "id": product.id, "title": format!("{name} (PDF)") }] })
            }
            Kind::GiftCard => json!({
                "giftcard_sender_name": self.buyer.firstname,
                "giftcard_sender_email": self.buyer.email,
                "giftcard_recipient_name": "Robin",
                "giftcard_recipient_email": "robin@example.com",
                "giftcard_message": "For your next trip!",
            }),
            Kind::Simple | Kind::Configurable | Kind::Bundle | Kind::Virtual => Value::Null,
        }
    }
}
