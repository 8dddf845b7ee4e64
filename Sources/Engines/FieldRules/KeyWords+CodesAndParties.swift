extension KeyWords {
    static let codes: [Entry] = [
        Entry(
            concept: .invoiceNumber,
            words: [
                "en": [
                    "invoice number", "invoice no", "invoice nr", "invoice", "inv no",
                    "tax invoice no", "invoice id", "invoice ref", "inv number", "cash inv no",
                    "bill number", "bill no", "inv",
                ],
                "de": [
                    "rechnungsnummer", "rechnungsnr", "rechnung nr", "rechnungs nr",
                    "rechnung nummer", "re nr", "belegnummer",
                ],
                "fr": [
                    "facture n", "facture no", "numero de facture", "n de facture", "no facture",
                    "facture numero", "n facture",
                ],
                "es": [
                    "factura n", "numero de factura", "factura no", "n factura", "num factura",
                    "factura num",
                ], "no": ["fakturanummer", "fakturanr", "faktura nr"],
                "nl": ["factuurnummer", "factuurnr", "factuur nr"],
                "zh": ["发票号码", "發票號碼", "发票号", "票据号码"],
            ]
        ),
        Entry(
            concept: .receiptNumber,
            words: [
                "en": [
                    "receipt number", "receipt no", "rcpt no", "receipt", "receipt nr", "rcpt",
                    "bill", "transaction no", "trans no", "check no", "ticket no", "doc no",
                    "document no", "slip no", "cash bill no", "sales no", "trx no",
                ],
                "de": [
                    "bon nr", "bonnummer", "beleg nr", "belegnr", "kassenbon nr", "quittung nr",
                    "bon",
                ], "fr": ["ticket n", "ticket no", "recu n", "no ticket"],
                "es": ["ticket n", "recibo n", "num ticket"],
                "no": ["kvittering nr", "kvitteringsnr", "bong nr", "bongnr"],
                "nl": ["bonnummer", "bonnr", "kassabon nr"],
                "zh": ["小票号", "单号", "流水号", "收据号", "票号"],
            ]
        ),
        Entry(
            concept: .orderNumber,
            words: [
                "en": [
                    "order number", "order no", "order id", "order nr", "order", "po number",
                    "po no", "purchase order", "your reference", "reference", "ref no", "ref",
                ],
                "de": [
                    "bestellnummer", "bestellnr", "auftragsnummer", "auftragsnr", "auftrag nr",
                    "bestell nr",
                ], "fr": ["numero de commande", "commande n", "n de commande", "reference"],
                "es": ["numero de pedido", "pedido n", "referencia"],
                "no": ["ordrenummer", "ordrenr", "bestillingsnummer"],
                "nl": ["ordernummer", "bestelnummer"], "zh": ["订单号", "订单编号"],
            ]
        ),
        Entry(
            concept: .customerNumber,
            words: [
                "en": [
                    "customer number", "customer no", "customer id", "account number", "account no",
                    "client no", "member no", "cust no", "member id",
                ], "de": ["kundennummer", "kundennr", "kunden nr", "kd nr"],
                "fr": ["numero client", "id client", "n client", "code client"],
                "es": ["numero de cliente", "n cliente"], "no": ["kundenummer", "kundenr"],
                "nl": ["klantnummer", "klantnr"], "zh": ["客户编号", "会员号"],
            ]
        ),
        Entry(concept: .iban, words: ["*": ["iban", "iban nr", "iban no"]]),
        Entry(
            concept: .bic,
            words: ["*": ["bic", "swift", "swift code", "swift bic", "bic swift"]]
        ),
        Entry(
            concept: .vatID,
            words: [
                "en": [
                    "vat no", "vat number", "vat reg no", "vat id", "vat registration number",
                    "gst no", "gst id", "gst id no", "gst reg no", "gst registration no", "gst reg",
                    "gst number", "tax id", "tin", "ein", "vat reg", "tax reg no", "sst id",
                    "sst no", "gstin",
                ],
                "de": [
                    "ust id", "ust idnr", "ust id nr", "ustid", "umsatzsteuer id", "uid", "uid nr",
                    "ust ident nr", "steuernummer", "steuer nr", "st nr",
                ], "fr": ["n tva", "tva intracommunautaire", "numero de tva", "no tva", "num tva"],
                "es": ["nif", "cif", "nif iva"],
                "no": ["org nr", "org nr mva", "organisasjonsnummer", "foretaksregisteret"],
                "nl": ["btw nummer", "btw nr", "btw id"], "zh": ["纳税人识别号", "税号", "统一社会信用代码"],
            ]
        ),
        Entry(
            concept: .registration,
            words: [
                "en": [
                    "co reg", "co reg no", "company reg no", "company no", "reg no",
                    "registration no", "company registration", "registration number", "roc no",
                    "roc", "co no", "business reg no", "brn",
                ], "de": ["handelsregister", "hrb", "registergericht", "amtsgericht"],
                "fr": ["siret", "siren", "rcs"], "es": ["registro mercantil"], "no": ["foretaksnr"],
                "nl": ["kvk", "kvk nummer", "kvk nr"], "zh": ["注册号"],
            ]
        ),
        Entry(
            concept: .phone,
            words: [
                "en": [
                    "tel", "phone", "telephone", "tel no", "ph", "mobile", "tel fax", "h p",
                    "hotline", "call", "customer service", "toll free",
                ], "de": ["telefon", "tel nr", "hotline"], "fr": ["telephone", "tel"],
                "es": ["telefono", "tfno", "tlf"], "no": ["telefon", "tlf"], "nl": ["telefoon"],
                "zh": ["电话", "電話", "联系电话"],
            ]
        ),
        Entry(concept: .fax, words: ["*": ["fax", "fax no", "telefax", "传真"]]),
        Entry(
            concept: .email,
            words: [
                "*": [
                    "email", "e mail", "mail", "correo", "courriel", "epost", "e post", "邮箱",
                    "adresse email",
                ]
            ]
        ),
        Entry(
            concept: .website,
            words: ["*": ["www", "http", "https", "website", "web", "internet", "网址"]]
        ),
        Entry(
            concept: .barcode,
            words: [
                "en": ["barcode", "ean", "upc", "gtin", "ean code"], "de": ["strichcode"],
                "fr": ["code barres"], "es": ["codigo de barras"], "no": ["strekkode"],
                "nl": ["streepjescode"], "zh": ["条码", "条形码"],
            ]
        ),
        Entry(
            concept: .lot,
            words: [
                "en": [
                    "lot", "lot no", "batch", "batch no", "lot number", "batch number", "lot code",
                ], "de": ["charge", "chargennr", "chargen nr", "los", "losnummer", "ch b"],
                "fr": ["n de lot", "no lot", "numero de lot"], "es": ["lote", "n lote"],
                "no": ["batchnr", "lotnr", "parti"], "nl": ["partij", "partijnummer"],
                "zh": ["批号", "批次", "生产批号"],
            ]
        ),
        Entry(
            concept: .tracking,
            words: [
                "en": [
                    "tracking number", "tracking no", "tracking", "waybill", "awb", "airway bill",
                    "shipment number", "consignment no", "tracking id", "parcel number",
                ], "de": ["sendungsnummer", "sendungsnr", "paketnummer", "identcode", "leitcode"],
                "fr": ["numero de suivi", "n de suivi", "n de colis"],
                "es": ["numero de seguimiento", "n de seguimiento"],
                "no": ["sporingsnummer", "sendingsnummer", "kollinr"],
                "nl": ["zendingsnummer", "track trace"], "zh": ["运单号", "快递单号", "运单编号"],
            ]
        ),
    ]

    static let products: [Entry] = [
        Entry(
            concept: .product,
            words: [
                "en": [
                    "product", "product name", "item name", "description", "item", "article",
                    "goods", "desc",
                ],
                "de": [
                    "artikel", "produkt", "bezeichnung", "beschreibung", "artikelbezeichnung",
                    "ware",
                ], "fr": ["produit", "designation", "description", "libelle"],
                "es": ["producto", "articulo", "descripcion", "concepto"],
                "no": ["vare", "produkt", "varenavn", "beskrivelse"],
                "nl": ["artikel", "omschrijving", "product"],
                "zh": ["品名", "商品", "商品名称", "名称", "项目", "产品名称"],
            ]
        ),
        Entry(
            concept: .price,
            words: [
                "en": ["price", "retail price", "our price", "sale price", "now", "unit cost"],
                "de": ["preis", "verkaufspreis", "vk preis"], "fr": ["prix"],
                "es": ["precio", "pvp"], "no": ["pris"], "nl": ["prijs"],
                "zh": ["售价", "价格", "零售价", "会员价"],
            ]
        ),
        Entry(
            concept: .unitPrice,
            words: [
                "en": [
                    "unit price", "u price", "u p", "price per unit", "price each", "price kg",
                    "price per kg", "per unit",
                ],
                "de": [
                    "grundpreis", "einzelpreis", "stuckpreis", "e preis", "preis kg", "kg preis",
                    "ep",
                ], "fr": ["prix unitaire", "prix au kilo", "prix kg", "prix unit", "pu"],
                "es": ["precio unitario", "precio kg", "precio unidad"],
                "no": [
                    "enhetspris", "jevnforpris", "sammenligningspris", "kilopris", "kr kg", "kr l",
                    "pr kg", "pr l", "pr stk",
                ], "nl": ["prijs per stuk", "stukprijs", "kiloprijs"], "zh": ["单价", "單價"],
            ]
        ),
        Entry(
            concept: .quantity,
            words: [
                "en": ["qty", "quantity", "pcs", "units"], "de": ["menge", "stuck", "stk"],
                "fr": ["quantite", "qte"], "es": ["cantidad", "cant"], "no": ["antall", "ant"],
                "nl": ["aantal"], "zh": ["数量", "數量"],
            ]
        ),
    ]

    static let parties: [Entry] = [
        Entry(
            concept: .issuer,
            words: [
                "en": [
                    "seller", "issued by", "service provider", "vendor", "supplier", "merchant",
                    "remit to", "sold by", "from",
                ], "de": ["verkaufer", "aussteller", "lieferant"],
                "fr": ["vendeur", "fournisseur", "emetteur"],
                "es": ["vendedor", "proveedor", "emisor"], "no": ["selger", "leverandor"],
                "nl": ["verkoper", "leverancier"],
                "zh": ["销售方", "商户", "商户名称", "门店", "店名", "收款单位", "销货单位"],
            ]
        ),
        Entry(
            concept: .recipient,
            words: [
                "en": [
                    "bill to", "ship to", "sold to", "customer", "deliver to", "invoice to", "attn",
                    "billing address", "shipping address", "bill to address", "delivery address",
                    "customer name", "buyer", "attention", "billed to", "cust name",
                ],
                "de": [
                    "kunde", "rechnungsadresse", "lieferadresse", "rechnungsempfanger", "kaufer",
                    "herrn", "frau", "firma",
                ],
                "fr": [
                    "client", "nom de l abonne", "adresse de facturation", "adresse de livraison",
                    "facture a", "livre a", "adresse de l installation",
                ], "es": ["cliente", "facturar a", "enviar a", "direccion de envio"],
                "no": ["kunde", "leveringsadresse", "fakturaadresse"],
                "nl": ["klant", "afleveradres", "factuuradres", "klantnaam"],
                "zh": ["客户", "购买方", "收件人", "收货人", "购货单位"],
            ]
        ),
        Entry(
            concept: .address,
            words: [
                "en": ["address", "addr"], "de": ["anschrift", "adresse"], "fr": ["adresse"],
                "es": ["direccion", "domicilio"], "no": ["adresse"], "nl": ["adres"],
                "zh": ["地址", "店址"],
            ]
        ),
        Entry(
            concept: .currency,
            words: [
                "en": ["currency"], "de": ["wahrung"], "fr": ["devise", "monnaie de facturation"],
                "es": ["moneda", "divisa"], "no": ["valuta"], "nl": ["valuta"], "zh": ["币种", "货币"],
            ]
        ),
        Entry(
            concept: .heading,
            words: [
                "en": [
                    "tax invoice", "cash receipt", "sales receipt", "customer receipt", "cash bill",
                    "cash sale", "cash sales", "official receipt", "simplified tax invoice",
                    "sales invoice", "customer copy", "merchant copy", "customers copy",
                    "original receipt", "guest check", "guest receipt", "duplicate", "copy",
                    "delivery order", "delivery note", "credit note", "purchase", "sale", "dine in",
                    "take away", "takeaway", "take out", "statement", "tax inv", "invoice receipt",
                    "original", "reprint", "your receipt", "check", "store copy", "packing slip",
                    "bill of sale", "simplified", "eat in", "to go", "for here", "carry out",
                    "drive thru",
                    "drive through", "pick up", "your guest number is", "guest number",
                    "guest copy",
                    "your order number is", "order here", "cardholder copy", "tax receipt",
                    "abbreviated tax invoice", "receipt of payment", "proof of purchase",
                ],
                "de": [
                    "kassenbon", "kassenzettel", "rechnung", "quittung", "kundenbeleg",
                    "handlerbeleg", "beleg", "lieferschein", "kopie", "gutschrift",
                    "bewirtungsbeleg",
                ],
                "fr": [
                    "facture", "ticket de caisse", "recu client", "duplicata", "devis", "avoir",
                    "ticket client", "ticket",
                ],
                "es": ["factura", "factura simplificada", "ticket de compra", "recibo", "albaran"],
                "no": ["kvittering", "faktura", "salgskvittering", "kopi"],
                "nl": ["factuur", "kassabon", "klantenbon", "klantticket"],
                "zh": ["购物小票", "收据", "发票", "电子发票", "增值税普通发票", "增值税电子普通发票", "结账单", "消费清单", "客户联"],
            ]
        ),
        Entry(
            concept: .courtesy,
            words: [
                "en": [
                    "thank you", "thanks", "thank", "welcome", "welcome to", "please come again",
                    "come again", "have a nice day", "goods sold are not returnable",
                    "opening hours", "open daily", "open", "hours", "email or talk to us",
                    "how did we do", "tell us", "see back of receipt", "visit us",
                ],
                "de": [
                    "vielen dank", "danke", "willkommen", "herzlich willkommen", "auf wiedersehen",
                    "offnungszeiten", "unsere offnungszeiten", "guten tag", "sehr geehrte",
                    "ihr einkauf", "es bediente sie", "fur sie", "wir sind fur sie da",
                ], "fr": ["merci", "bienvenue", "bonjour", "a bientot", "au revoir", "horaires"],
                "es": ["gracias", "bienvenido", "bienvenidos", "vuelva pronto", "horario"],
                "no": ["takk", "velkommen", "velkommen tilbake", "apningstider"],
                "nl": ["bedankt", "welkom", "tot ziens", "dank u"],
                "zh": ["谢谢", "欢迎", "欢迎光临", "谢谢惠顾"],
            ]
        ),
        Entry(
            concept: .till,
            words: [
                "en": [
                    "cashier", "table", "server", "operator", "counter", "pos", "till", "register",
                    "terminal", "salesperson", "sales person", "sales assistant", "waiter",
                    "order type", "store", "manager", "host", "station", "clerk", "tbl", "pos no",
                    "time", "page", "user", "queue no",
                ],
                "de": [
                    "kasse", "kassierer", "bediener", "terminal id", "tisch", "filiale", "seite",
                    "uhrzeit", "uhr",
                ], "fr": ["caisse", "caissier", "caissiere", "vendeuse", "heure", "page"],
                "es": ["caja", "cajero", "mesa", "hora", "pagina"],
                "no": ["kasse", "kasserer", "ekspeditor", "bord", "klokken", "side"],
                "nl": ["kassa", "pagina"], "zh": ["收银员", "收银", "桌号", "台号", "页"],
            ]
        ),
    ]
}
