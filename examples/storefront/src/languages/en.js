// English. Each language is one file with the same entries; a text with values is a function.

export default {
  code: "en",

  // The frame of each page
  shop: "My shop",
  skip: "Skip to the content",
  navigation: "Account",
  loading: "Loading…",
  myOrders: "My orders",
  myAccount: "My account",
  findOrder: "Find an order",
  signIn: "Sign in",
  signOut: "Sign out",
  tryAgain: "Try again",
  close: "Close",
  oneMoment: "One moment…",

  // What can go wrong
  failed: "That did not work",
  noAnswer: "The shop does not answer. Check your connection to the internet, and try again.",
  noData: "The shop did not answer as expected. Try again in a moment.",
  tooMany: "Too many tries. Wait a while, and try again.",
  mustSignIn: "Sign in to see this page.",
  notAccepted: "The shop did not accept this. Check what you entered.",
  notFound: "The shop does not find this.",
  shopFailed: "The shop has a problem. Try again in a moment.",
  stillShown: "You still see the page from before.",

  // Signing in
  email: "E-mail",
  password: "Password",
  wrongPassword:
    "The sign-in was incorrect, or the account is locked for a while. Try again, or choose a new password.",
  forgotPassword: "Forgot your password?",
  noAccount: "Ordered without an account?",
  haveAccount: "You have an account?",

  // A new password
  newPassword: "Choose a new password",
  newPasswordField: "New password",
  passwordRules:
    "At least 8 characters, of at least three kinds: lower case letters, upper case letters, digits, and others.",
  passwordFor: (email) => `For the account of ${email}.`,
  savePassword: "Save the password",
  passwordSaved: "Your new password is saved. You are signed out everywhere.",
  resetLinkFailed: "This link no longer works: a link works once and for two hours, and only the newest one works.",
  askForLink: "Ask for a new link",
  sendLink: "Send me a link",
  linkRequested: (email) =>
    `If there is an account for ${email}, a mail with a link is on its way. The link works for two hours.`,

  // My orders
  noOrders: "You have no orders yet.",
  noOrdersOnPage: "There are no orders on this page.",
  order: (number) => `Order ${number}`,
  pages: "Pages",
  newer: "Newer",
  older: "Older",
  range: (first, last, total) => `${first} to ${last} of ${total}`,

  // My account
  recentOrders: "Recent orders",
  allOrders: (count) => `All orders (${count})`,
  aboutYou: "About you",
  name: "Name",
  customerSince: "Customer since",
  newsletter: "Newsletter",
  subscribed: "subscribed",
  notSubscribed: "not subscribed",
  addresses: "Addresses",
  address: "Address",
  defaultBilling: "Default billing",
  defaultShipping: "Default shipping",
  noAddresses: "No addresses are kept with your account.",

  // An order
  noSuchOrder: "You have no order with this number in this shop.",
  placedOn: (date) => `placed on ${date}`,
  items: "Items",
  product: "Product",
  price: "Price",
  quantity: "Quantity",
  sum: "Sum",
  shipped: (count) => `${count} shipped`,
  canceled: (count) => `${count} canceled`,
  refunded: (count) => `${count} refunded`,
  summary: "Summary",
  subtotal: "Subtotal",
  shipping: "Shipping",
  tax: "Tax",
  giftCards: "Gift cards and credit",
  total: "Total",
  deliveryAndPayment: "Delivery and payment",
  deliveredTo: "Delivered to",
  billedTo: "Billed to",
  payment: "Payment",
  parcels: "Parcels",
  parcel: (number) => `Parcel ${number}`,
  refunds: "Refunds",
  creditMemo: (number) => `Credit memo ${number}`,
  history: "History",

  // Canceling
  cancelOrder: "Cancel order",
  cancelQuestion: (number) => `Cancel order ${number}?`,
  cancelConsequence: "It is canceled as a whole and at once. What you paid will be refunded.",
  mailConsequence: "We send you a mail. The order is canceled as a whole when you open the link in it and confirm.",
  sendMail: "Send me the link",
  why: "Why?",
  keepOrder: "Keep the order",
  noReasons: "The shop offers no reasons. Please contact it.",
  maybeDone: "It may have worked all the same: look at the order first.",
  unclear: "The shop did not say what became of it.",
  isCanceled: (number, status) => `Order ${number} is canceled. Its status is now “${status}”.`,
  willBeRefunded: (amounts) => `You will be refunded ${amounts}.`,
  mailSent: (email) => `We sent a mail to ${email}. Open the link in it to cancel the order.`,
  mailSentSomewhere: "We sent you a mail. Open the link in it to cancel the order.",
  untilThen: "Until then nothing changes.",
  cannotBeCanceled: (number, status) => `Order ${number} cannot be canceled any more. Its status is “${status}”.`,
  refusals: {
    ORDER_CANCELLATION_DISABLED: "This shop does not let buyers cancel orders at the moment. Please contact it.",
    UNAUTHORISED: "This order belongs to another account.",
    ORDER_NOT_FOUND: "The shop does not find this order.",
    PARTIAL_ORDER_ITEM_SHIPPED: "A part of the order is on its way already. You can return it after it arrives.",
    INVALID_ORDER_STATUS: "The order cannot be canceled any more. Please contact the shop.",
    UNDEFINED: "The shop could not cancel the order. Try another reason, or contact the shop.",
  },

  // The link in a guest's mail
  linkIncomplete: "This link is not complete. Open it from the mail, or copy all of it.",
  linkSuperseded:
    "This link no longer works. Use the link in the newest mail, or ask for another one with the button “Cancel order”.",

  // Finding an order
  orderNumber: "Order number",
  oneOfThese: "One of these, as on the bill",
  lastName: "Last name",
  postcode: "Postcode",
  proofMissing: "Give the last name or the postcode of the bill.",
  orderNotFound: "No order fits what you entered. Compare it with the mail from the shop.",
  belongsToAccount: "This order belongs to an account. Sign in to see it.",
};
