// Dutch.

export default {
  code: "nl",

  // The frame of each page
  shop: "Mijn winkel",
  skip: "Naar de inhoud",
  navigation: "Mijn gegevens",
  loading: "Laden…",
  myOrders: "Mijn bestellingen",
  myAccount: "Mijn account",
  findOrder: "Bestelling zoeken",
  signIn: "Inloggen",
  signOut: "Uitloggen",
  tryAgain: "Opnieuw proberen",
  close: "Sluiten",
  oneMoment: "Een moment…",

  // What can go wrong
  failed: "Dat is niet gelukt",
  noAnswer: "De winkel geeft geen antwoord. Controleer je internetverbinding en probeer het opnieuw.",
  noData: "De winkel antwoordde anders dan verwacht. Probeer het zo opnieuw.",
  tooMany: "Te veel pogingen. Wacht even en probeer het dan opnieuw.",
  mustSignIn: "Log in om deze pagina te zien.",
  notAccepted: "De winkel neemt dit niet aan. Controleer wat je hebt ingevuld.",
  notFound: "De winkel kan dit niet vinden.",
  shopFailed: "De winkel heeft een storing. Probeer het zo opnieuw.",
  stillShown: "Je ziet nog de vorige pagina.",

  // Signing in
  email: "E-mailadres",
  password: "Wachtwoord",
  wrongPassword:
    "De gegevens kloppen niet, of het account is tijdelijk geblokkeerd. Probeer het opnieuw of kies een nieuw wachtwoord.",
  forgotPassword: "Wachtwoord vergeten?",
  noAccount: "Besteld zonder account?",
  haveAccount: "Heb je een account?",

  // A new password
  newPassword: "Kies een nieuw wachtwoord",
  newPasswordField: "Nieuw wachtwoord",
  passwordRules:
    "Minstens 8 tekens, van minstens drie soorten: kleine letters, hoofdletters, cijfers en andere tekens.",
  passwordEnds: "Het wachtwoord begint of eindigt met een spatie, die je makkelijk over het hoofd ziet. Laat de spatie weg.",
  passwordTooLong: "Het wachtwoord is te lang. Kies een korter wachtwoord.",
  passwordFor: (email) => `Voor het account van ${email}.`,
  savePassword: "Wachtwoord opslaan",
  passwordSaved: "Je nieuwe wachtwoord is opgeslagen. Je bent overal uitgelogd.",
  resetLinkFailed: "Deze link werkt niet meer: een link werkt één keer en twee uur lang, en alleen de nieuwste werkt.",
  askForLink: "Vraag een nieuwe link aan",
  sendLink: "Stuur me een link",
  linkRequested: (email) =>
    `Als er een account is voor ${email}, is er een mail met een link onderweg. De link is twee uur geldig.`,

  // My orders
  noOrders: "Je hebt nog geen bestellingen.",
  noOrdersOnPage: "Op deze pagina staan geen bestellingen.",
  order: (number) => `Bestelling ${number}`,
  pages: "Pagina's",
  newer: "Nieuwer",
  older: "Ouder",
  range: (first, last, total) => `${first} tot en met ${last} van ${total}`,

  // My account
  recentOrders: "Recente bestellingen",
  allOrders: (count) => `Alle bestellingen (${count})`,
  aboutYou: "Over jou",
  name: "Naam",
  customerSince: "Klant sinds",
  newsletter: "Nieuwsbrief",
  subscribed: "aangemeld",
  notSubscribed: "niet aangemeld",
  addresses: "Adressen",
  address: "Adres",
  defaultBilling: "Standaard factuuradres",
  defaultShipping: "Standaard bezorgadres",
  noAddresses: "Er zijn geen adressen bij je account bewaard.",

  // An order
  noSuchOrder: "Je hebt in deze winkel geen bestelling met dit nummer.",
  placedOn: (date) => `geplaatst op ${date}`,
  items: "Artikelen",
  product: "Artikel",
  price: "Prijs",
  quantity: "Aantal",
  sum: "Bedrag",
  shipped: (count) => `${count} verzonden`,
  canceled: (count) => `${count} geannuleerd`,
  refunded: (count) => `${count} terugbetaald`,
  toBeRefunded: (count) => `${count} nog terug te betalen`,
  credited: (count) => `${count} gecrediteerd`,
  summary: "Overzicht",
  subtotal: "Subtotaal",
  shipping: "Verzending",
  tax: "Btw",
  giftCards: "Cadeaubonnen en tegoed",
  total: "Totaal",
  deliveryAndPayment: "Bezorging en betaling",
  deliveredTo: "Bezorgadres",
  billedTo: "Factuuradres",
  payment: "Betaling",
  parcels: "Pakketten",
  parcel: (number) => `Pakket ${number}`,
  refunds: "Terugbetalingen",
  creditMemos: "Creditnota's",
  creditMemo: (number) => `Creditnota ${number}`,
  history: "Geschiedenis",
  // What the shop itself writes into the history, see history_line.js
  historyLines: {
    mailSent: "Er is een mail over de annulering gestuurd.",
    mailFailed: "Er kon geen mail over de annulering worden gestuurd.",
    keySent: "Er is een mail gestuurd met de link om de bestelling te annuleren.",
    refunded: (amount) => `De winkel heeft ${amount} terugbetaald.`,
    released: (amount) => `De winkel heeft ${amount} vrijgegeven dat voor de betaling was gereserveerd.`,
  },

  // Canceling
  cancelOrder: "Bestelling annuleren",
  cancelQuestion: (number) => `Bestelling ${number} annuleren?`,
  cancelConsequence: "De hele bestelling wordt meteen geannuleerd. Wat je hebt betaald, krijg je terug.",
  mailConsequence:
    "We sturen je een mail. De hele bestelling wordt geannuleerd als je de link daarin opent en bevestigt.",
  sendMail: "Stuur me de link",
  why: "Waarom?",
  keepOrder: "Bestelling houden",
  noReasons: "De winkel biedt geen redenen aan. Neem contact op met de winkel.",
  maybeDone: "Misschien is het toch gelukt: bekijk eerst de bestelling.",
  unclear: "De winkel heeft niet gezegd hoe het is afgelopen.",
  isCanceled: (number, status) => `Bestelling ${number} is geannuleerd. De status is nu “${status}”.`,
  willBeRefunded: (amounts) => `Je krijgt ${amounts} terug.`,
  wasRefunded: (amounts) => `Je hebt ${amounts} teruggekregen.`,
  isCredited: (amounts) => `De winkel heeft ${amounts} gecrediteerd.`,
  mailSent: (email) => `We hebben een mail gestuurd naar ${email}. Open de link daarin om de bestelling te annuleren.`,
  mailSentSomewhere: "We hebben je een mail gestuurd. Open de link daarin om de bestelling te annuleren.",
  untilThen: "Tot dan verandert er niets.",
  cannotBeCanceled: (number, status) =>
    `Bestelling ${number} kan niet meer worden geannuleerd. De status is “${status}”.`,
  isOver: (number, status) =>
    `Er is niets meer te annuleren aan bestelling ${number}. De status is “${status}”.`,
  refusals: {
    ORDER_CANCELLATION_DISABLED:
      "In deze winkel kun je op dit moment niet zelf annuleren. Neem contact op met de winkel.",
    UNAUTHORISED: "Deze bestelling hoort bij een ander account.",
    ORDER_NOT_FOUND: "De winkel kan deze bestelling niet vinden.",
    PARTIAL_ORDER_ITEM_SHIPPED: "Een deel van de bestelling is al onderweg. Je kunt het na ontvangst terugsturen.",
    OPEN_INVOICE: "Een factuur van de bestelling is nog niet betaald. Neem contact op met de winkel om te annuleren.",
    INVALID_ORDER_STATUS: "De bestelling kan niet meer worden geannuleerd. Neem contact op met de winkel.",
    UNDEFINED: "De winkel kon de bestelling niet annuleren. Probeer een andere reden of neem contact op met de winkel.",
  },

  // The link in a guest's mail
  linkIncomplete: "Deze link is niet volledig. Open hem vanuit de mail, of kopieer hem helemaal.",
  linkSuperseded:
    "Deze link werkt niet meer. Gebruik de link in de nieuwste mail, of vraag een nieuwe aan met de knop “Bestelling annuleren”.",

  // Finding an order
  orderNumber: "Bestelnummer",
  oneOfThese: "Een van deze twee, zoals op de rekening",
  lastName: "Achternaam",
  postcode: "Postcode",
  proofMissing: "Vul de achternaam of de postcode van de rekening in.",
  orderNotFound: "Er is geen bestelling met deze gegevens. Vergelijk ze met de mail van de winkel.",
  belongsToAccount: "Deze bestelling hoort bij een account. Log in om de bestelling te zien.",
};
