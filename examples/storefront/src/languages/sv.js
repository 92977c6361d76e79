// Swedish.

export default {
  code: "sv",

  // The frame of each page
  shop: "Min butik",
  skip: "Till innehållet",
  navigation: "Konto",
  loading: "Läser in…",
  myOrders: "Mina ordrar",
  myAccount: "Mitt konto",
  findOrder: "Hitta en order",
  signIn: "Logga in",
  signOut: "Logga ut",
  tryAgain: "Försök igen",
  close: "Stäng",
  oneMoment: "Ett ögonblick…",

  // What can go wrong
  failed: "Det gick inte",
  noAnswer: "Butiken svarar inte. Kontrollera din internetanslutning och försök igen.",
  noData: "Butiken svarade inte som väntat. Försök igen om en stund.",
  tooMany: "För många försök. Vänta en stund och försök igen.",
  mustSignIn: "Logga in för att se sidan.",
  notAccepted: "Butiken godtar inte detta. Kontrollera det du har fyllt i.",
  notFound: "Butiken hittar inte detta.",
  shopFailed: "Butiken har ett problem. Försök igen om en stund.",
  stillShown: "Du ser fortfarande den förra sidan.",

  // Signing in
  email: "E-postadress",
  password: "Lösenord",
  wrongPassword:
    "Uppgifterna stämmer inte, eller så är kontot låst en stund. Försök igen eller välj ett nytt lösenord.",
  forgotPassword: "Har du glömt lösenordet?",
  noAccount: "Har du beställt utan konto?",
  haveAccount: "Har du ett konto?",

  // A new password
  newPassword: "Välj ett nytt lösenord",
  newPasswordField: "Nytt lösenord",
  passwordRules: "Minst 8 tecken, av minst tre slag: små bokstäver, stora bokstäver, siffror och andra tecken.",
  passwordFor: (email) => `För kontot som tillhör ${email}.`,
  savePassword: "Spara lösenordet",
  passwordSaved: "Ditt nya lösenord är sparat. Du är utloggad överallt.",
  resetLinkFailed:
    "Länken fungerar inte längre: en länk fungerar en gång och i två timmar, och bara den senaste fungerar.",
  askForLink: "Be om en ny länk",
  sendLink: "Skicka en länk till mig",
  linkRequested: (email) =>
    `Om det finns ett konto för ${email} är ett mejl med en länk på väg. Länken fungerar i två timmar.`,

  // My orders
  noOrders: "Du har inga ordrar ännu.",
  noOrdersOnPage: "Det finns inga ordrar på den här sidan.",
  order: (number) => `Order nr ${number}`,
  pages: "Sidor",
  newer: "Nyare",
  older: "Äldre",
  range: (first, last, total) => `${first} till ${last} av ${total}`,

  // My account
  recentOrders: "Senaste ordrarna",
  allOrders: (count) => `Alla ordrar (${count})`,
  aboutYou: "Om dig",
  name: "Namn",
  customerSince: "Kund sedan",
  newsletter: "Nyhetsbrev",
  subscribed: "prenumererar",
  notSubscribed: "prenumererar inte",
  addresses: "Adresser",
  address: "Adress",
  defaultBilling: "Förvald fakturaadress",
  defaultShipping: "Förvald leveransadress",
  noAddresses: "Inga adresser är sparade i ditt konto.",

  // An order
  noSuchOrder: "Du har ingen order med det här numret i butiken.",
  placedOn: (date) => `lagd den ${date}`,
  items: "Artiklar",
  product: "Artikel",
  price: "Pris",
  quantity: "Antal",
  sum: "Belopp",
  shipped: (count) => `${count} skickade`,
  canceled: (count) => `${count} annullerade`,
  refunded: (count) => `${count} återbetalda`,
  summary: "Översikt",
  subtotal: "Delsumma",
  shipping: "Frakt",
  tax: "Moms",
  giftCards: "Presentkort och tillgodohavande",
  total: "Summa",
  deliveryAndPayment: "Leverans och betalning",
  deliveredTo: "Leveransadress",
  billedTo: "Fakturaadress",
  payment: "Betalning",
  parcels: "Paket",
  parcel: (number) => `Paket ${number}`,
  refunds: "Återbetalningar",
  creditMemo: (number) => `Kreditnota ${number}`,
  history: "Historik",

  // Canceling
  cancelOrder: "Annullera ordern",
  cancelQuestion: (number) => `Vill du annullera order ${number}?`,
  cancelConsequence: "Hela ordern annulleras genast. Det du har betalat får du tillbaka.",
  mailConsequence: "Vi skickar ett mejl till dig. Hela ordern annulleras när du öppnar länken i mejlet och bekräftar.",
  sendMail: "Skicka länken till mig",
  why: "Varför?",
  keepOrder: "Behåll ordern",
  noReasons: "Butiken erbjuder inga orsaker. Kontakta butiken.",
  maybeDone: "Det kan ha gått ändå: titta på ordern först.",
  unclear: "Butiken sa inte hur det gick.",
  isCanceled: (number, status) => `Order ${number} är annullerad. Status är nu ”${status}”.`,
  willBeRefunded: (amounts) => `Du får tillbaka ${amounts}.`,
  mailSent: (email) => `Vi har skickat ett mejl till ${email}. Öppna länken i mejlet för att annullera ordern.`,
  mailSentSomewhere: "Vi har skickat ett mejl till dig. Öppna länken i mejlet för att annullera ordern.",
  untilThen: "Tills dess ändras ingenting.",
  cannotBeCanceled: (number, status) => `Order ${number} kan inte längre annulleras. Status är ”${status}”.`,
  refusals: {
    ORDER_CANCELLATION_DISABLED: "I den här butiken kan köpare inte annullera ordrar just nu. Kontakta butiken.",
    UNAUTHORISED: "Ordern tillhör ett annat konto.",
    ORDER_NOT_FOUND: "Butiken hittar inte ordern.",
    PARTIAL_ORDER_ITEM_SHIPPED: "En del av ordern är redan på väg. Du kan returnera den när den har kommit fram.",
    INVALID_ORDER_STATUS: "Ordern kan inte längre annulleras. Kontakta butiken.",
    UNDEFINED: "Butiken kunde inte annullera ordern. Prova en annan orsak eller kontakta butiken.",
  },

  // The link in a guest's mail
  linkIncomplete: "Länken är inte fullständig. Öppna den från mejlet eller kopiera hela länken.",
  linkSuperseded:
    "Länken fungerar inte längre. Använd länken i det senaste mejlet, eller be om en ny med knappen ”Annullera ordern”.",

  // Finding an order
  orderNumber: "Ordernummer",
  oneOfThese: "En av dessa, som på fakturan",
  lastName: "Efternamn",
  postcode: "Postnummer",
  proofMissing: "Fyll i efternamnet eller postnumret på fakturan.",
  orderNotFound: "Ingen order stämmer med det du har fyllt i. Jämför med mejlet från butiken.",
  belongsToAccount: "Ordern tillhör ett konto. Logga in för att se den.",
};
