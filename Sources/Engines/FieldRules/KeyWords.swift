/// The words that stand beside or above a value, by meaning and language: the table to extend.
///
/// Compared without case, accents, signs and spaces (see ``FoldedLetters``), longest first, so that
/// `total incl. GST` is found before `total`. A pipeline adds its own with `near:`.
enum KeyWords {
    /// One meaning's words in each language.
    struct Entry: Sendable {
        let concept: KeyConcept
        let words: [String: [String]]
    }

    static let table: [Entry] = amounts + dates + codes + products + parties

    private static let amounts: [Entry] = [
        Entry(
            concept: .grandTotal,
            words: [
                "en": [
                    "grand total", "total payable", "amount payable", "amount due", "total due",
                    "total amount due", "net total", "nett total", "final total", "balance due",
                    "total to pay", "to pay", "please pay", "invoice total", "total rounded",
                    "rounded total", "total after rounding", "total after rounding adj",
                    "net amount payable", "total for this invoice", "payable amount", "bill total",
                    "total amount payable",
                ],
                "de": [
                    "zu zahlen", "zu bezahlen", "zahlbetrag", "zu zahlender betrag",
                    "rechnungsbetrag", "endbetrag", "endsumme", "gesamtbetrag", "gesamtsumme",
                    "rechnungssumme", "zahlungsbetrag", "gesamtbetrag brutto",
                ],
                "fr": [
                    "net a payer", "a payer", "montant a payer", "somme a payer", "total ttc",
                    "montant ttc", "total a payer", "montant total", "montant du", "total general",
                ],
                "es": [
                    "total a pagar", "importe total", "a pagar", "total factura", "monto total",
                ],
                "no": ["a betale", "totalt a betale", "sum a betale", "belop a betale"],
                "nl": ["te betalen", "totaal te betalen", "totaalbedrag"],
                "zh": ["应付", "应付金额", "实付", "实付金额", "应收", "应收金额", "实收金额", "价税合计", "总金额", "应付总额"],
            ]
        ),
        Entry(
            concept: .total,
            words: [
                "en": [
                    "total", "total amount", "total sales", "total sale", "sales total",
                    "total incl gst", "total incl tax", "total incl vat", "total inclusive gst",
                    "total inclusive of gst", "total inc gst", "total incl of gst",
                    "total including gst", "total sales incl gst", "total sales inclusive gst",
                    "total sales inclusive of gst", "total amount incl gst", "amount total",
                    "total with gst", "total inclusive", "total incl", "total inc",
                    "total price", "total charge", "total charges",
                ],
                "de": [
                    "summe", "gesamt", "brutto", "bruttobetrag", "gesamt eur",
                    "gesamtpreis", "bruttosumme",
                ],
                "fr": ["somme", "montant total ttc", "total facture"],
                "es": ["suma", "total con iva"],
                "no": ["sum", "totalt", "totalsum", "i alt"],
                "nl": ["totaal"],
                "zh": ["合计", "合計", "总计", "總計", "总额", "總額", "总价", "消费金额"],
            ]
        ),
        Entry(
            concept: .weakTotal,
            words: [
                "en": ["amount", "amt", "balance", "sum"], "de": ["betrag"],
                "fr": ["montant"], "es": ["importe", "monto"], "no": ["belop"], "nl": ["bedrag"],
                "zh": ["金额", "金額"],
            ]
        ),
        Entry(
            concept: .subtotal,
            words: [
                "en": [
                    "subtotal", "sub total", "sub ttl", "total before tax", "total before discount",
                    "sub total before discount", "merchandise total", "food total", "subtota",
                ],
                "de": ["zwischensumme", "zw summe", "zwischentotal"],
                "fr": ["sous total", "sous total ht"], "es": ["subtotal", "sub total"],
                "no": ["delsum", "mellomsum", "subtotal"], "nl": ["subtotaal"], "zh": ["小计", "小計"],
            ]
        ),
        Entry(
            concept: .net,
            words: [
                "en": [
                    "net", "net amount", "nett of tax", "net of tax", "nett", "nett amount",
                    "total excl gst", "total excluding gst", "total excl tax",
                    "total excl vat", "total ex gst", "total exclusive of gst", "total exclude gst",
                    "total sales excluding gst", "total sales excl gst", "total excl",
                    "taxable amount",
                    "subtotal excl tax", "sub total ex", "total sales exclusive of gst",
                    "total excluding tax",
                    "total amount excluding gst", "total amt excl gst", "total net",
                ],
                "de": ["netto", "nettobetrag", "nettosumme", "summe netto", "netto warenwert"],
                "fr": ["total ht", "montant ht", "hors taxe", "total hors taxe"],
                "es": ["base imponible", "neto", "importe neto"], "no": ["netto", "grunnlag"],
                "nl": ["exclusief btw", "excl btw", "netto"], "zh": ["不含税金额", "净额"],
            ]
        ),
        Entry(
            concept: .tax,
            words: [
                "en": [
                    "tax", "sales tax", "vat", "gst", "sst", "total tax", "total gst", "total vat",
                    "gst amt",
                    "gst amount", "vat amount", "tax amount", "tax amt", "gst payable",
                    "total gst amount", "service tax",
                    "state tax", "local tax", "hst", "pst", "add gst", "govt tax",
                ],
                "de": [
                    "mwst", "ust", "mehrwertsteuer", "umsatzsteuer", "mwst betrag", "ust betrag",
                    "steuer",
                    "steuerbetrag", "summe mwst", "enthaltene mwst", "inkl mwst",
                ],
                "fr": ["tva", "montant tva", "total tva", "dont tva"],
                "es": ["iva", "cuota iva", "igic"],
                "no": ["mva", "herav mva", "moms"], "nl": ["btw", "btw bedrag"],
                "zh": ["税额", "稅額", "增值税", "税金"],
            ]
        ),
        Entry(
            concept: .taxSummary,
            words: [
                "en": [
                    "gst summary", "tax summary", "vat summary", "summary", "tax code",
                    "gst analysis",
                    "tax analysis", "supplies", "gst sum", "tax rate", "gst summary amount",
                ],
                "de": ["mwst satz", "steuersatz", "mwst netto", "mwst aufstellung", "netto mwst"],
                "fr": ["taux tva", "detail tva", "taux"], "es": ["desglose iva", "tipo iva"],
                "no": ["mva sats", "mva grunnlag"], "zh": ["税率", "稅率"],
            ]
        ),
        Entry(
            concept: .cash,
            words: [
                "en": [
                    "cash", "tender", "tendered", "cash tendered", "amount tendered",
                    "cash received", "paid",
                    "amount paid", "payment", "received", "visa", "mastercard", "master card",
                    "master",
                    "debit", "credit card", "visa card", "card", "amex", "edc", "eftpos",
                    "debit card", "cash tender", "cash payment",
                    "payment received", "total paid", "total payment", "total tendered",
                    "paid amount", "cash rm",
                    "change from", "visa credit", "debit mastercard", "paid by",
                ],
                "de": [
                    "bar", "gegeben", "barzahlung", "kartenzahlung", "girocard", "ec karte",
                    "ec cash",
                    "bezahlt", "kreditkarte", "geg bar", "gegeben bar", "bar euro", "karte",
                    "lastschrift", "maestro",
                ],
                "fr": [
                    "especes", "carte bancaire", "cb", "paye", "recu", "rendu sur", "carte",
                    "reglement",
                ],
                "es": ["efectivo", "entregado", "tarjeta", "pagado"],
                "no": ["kontant", "bankkort", "betalt", "bankaxept", "mottatt"],
                "nl": ["contant", "pin", "betaald", "pinnen"],
                "zh": ["现金", "現金", "实收", "刷卡", "支付宝", "微信支付"],
            ]
        ),
        Entry(
            concept: .change,
            words: [
                "en": ["change", "change due", "cash change", "your change", "change given"],
                "de": ["ruckgeld", "rueckgeld", "zuruck", "wechselgeld", "ruckgeld bar"],
                "fr": ["rendu", "monnaie", "rendu monnaie", "a rendre"],
                "es": ["cambio", "vuelto", "devolucion"],
                "no": ["veksel", "tilbake", "vekslepenger"], "nl": ["wisselgeld", "terug"],
                "zh": ["找零", "找续", "找續", "找回"],
            ]
        ),
        Entry(
            concept: .rounding,
            words: [
                "en": [
                    "rounding", "rounding adjustment", "rounding adj", "round adj",
                    "rounding amount", "rnd adj", "round off", "rounding diff", "bill rounding",
                    "cash rounding",
                ],
                "de": ["rundung", "rundungsdifferenz"], "fr": ["arrondi"], "es": ["redondeo"],
                "no": ["avrunding", "oreavrunding"], "nl": ["afronding"], "zh": ["抹零", "舍入"],
            ]
        ),
        Entry(
            concept: .discount,
            words: [
                "en": [
                    "discount", "savings", "you saved", "saving", "total savings", "total discount",
                    "total item discount",
                    "disc", "you save", "total saved", "coupon", "voucher", "deposit", "total disc",
                    "member savings", "points", "reward",
                    "total saving", "less", "total points", "your savings",
                ],
                "de": [
                    "rabatt", "ersparnis", "sie sparen", "gespart", "nachlass", "gutschein",
                    "pfand", "skonto", "punkte",
                ],
                "fr": ["remise", "reduction", "economie"], "es": ["descuento", "ahorro"],
                "no": ["rabatt", "du sparte", "spart"],
                "nl": ["korting"], "zh": ["折扣", "优惠", "優惠"],
            ]
        ),
        Entry(
            concept: .service,
            words: [
                "en": [
                    "service charge", "svc charge", "serv charge", "tip", "gratuity", "shipping",
                    "delivery charge", "charge", "svr chg", "svc chg", "suggested tip", "tip guide",
                ],
                "de": ["versand", "versandkosten", "trinkgeld", "bedienung"],
                "fr": ["frais de port", "pourboire", "frais de livraison"],
                "es": ["propina", "gastos de envio", "servicio"], "no": ["frakt", "tips"],
                "nl": ["verzendkosten", "fooi"], "zh": ["服务费", "运费"],
            ]
        ),
        Entry(
            concept: .itemCount,
            words: [
                "en": [
                    "total qty", "total quantity", "total items", "total item", "item count",
                    "items sold", "no of items", "total pcs", "total no of items",
                    "total number of items sold", "total qty sold", "qty total", "items count",
                    "total item s", "item s", "qty s", "guests", "pax", "total number of items",
                    "total units", "total lines", "total per person", "total per pax", "per person",
                ],
                "de": ["anzahl", "anzahl artikel", "posten", "artikelanzahl", "anzahl positionen"],
                "fr": ["nombre d articles", "nb articles", "articles"],
                "es": [
                    "articulos", "num articulos", "total comensal", "total por persona",
                    "por persona",
                ], "no": ["antall varer"],
                "nl": ["aantal artikelen"],
                "zh": ["件数", "总数量", "合计数量"],
            ]
        ),
    ]

    private static let dates: [Entry] = [
        Entry(
            concept: .documentDate,
            words: [
                "en": [
                    "invoice date", "date of invoice", "receipt date", "date of issue",
                    "issue date", "bill date", "transaction date", "sale date", "purchase date",
                    "tax date",
                    "date of purchase", "trans date", "inv date", "date issued",
                ],
                "de": [
                    "rechnungsdatum", "belegdatum", "kaufdatum", "ausstellungsdatum", "bondatum",
                    "rechnung vom",
                ],
                "fr": [
                    "date de facture", "date facture", "date d emission", "date de la facture",
                    "facture du",
                ],
                "es": ["fecha de factura", "fecha factura", "fecha de emision", "fecha emision"],
                "no": ["fakturadato", "kjopsdato"], "nl": ["factuurdatum"],
                "zh": ["开票日期", "開票日期", "发票日期", "交易日期", "消费日期"],
            ]
        ),
        Entry(
            concept: .date,
            words: [
                "en": ["date", "date time", "dated"], "de": ["datum", "tag"],
                "fr": ["date"], "es": ["fecha"], "no": ["dato"], "nl": ["datum"],
                "zh": ["日期", "日 期", "时间"],
            ]
        ),
        Entry(
            concept: .dueDate,
            words: [
                "en": [
                    "due date", "payment due", "due on", "pay by", "payment due by", "due by",
                    "payable by",
                ],
                "de": [
                    "fallig", "fallig am", "faelligkeit", "falligkeit", "zahlbar bis",
                    "zahlungsziel", "falligkeitsdatum",
                ],
                "fr": ["date limite de paiement", "echeance", "date d echeance", "date echeance"],
                "es": ["vencimiento", "fecha de vencimiento"], "no": ["forfall", "forfallsdato"],
                "nl": ["vervaldatum", "te betalen voor"],
                "zh": ["付款期限", "到期日"],
            ]
        ),
        Entry(
            concept: .orderDate,
            words: [
                "en": ["order date", "ordered on"],
                "de": ["bestelldatum", "auftragsdatum", "bestellt am"], "fr": ["date de commande"],
                "es": ["fecha de pedido"], "no": ["ordredato", "bestillingsdato"],
                "nl": ["orderdatum"], "zh": ["订单日期"],
            ]
        ),
        Entry(
            concept: .deliveryDate,
            words: [
                "en": ["delivery date", "ship date", "shipped on", "date of delivery"],
                "de": ["lieferdatum", "leistungsdatum", "lieferung am"],
                "fr": ["date de livraison"], "es": ["fecha de entrega"], "no": ["leveringsdato"],
                "nl": ["leverdatum"],
                "zh": ["发货日期", "送货日期"],
            ]
        ),
        Entry(
            concept: .bestBefore,
            words: [
                "en": [
                    "best before", "best by", "use by", "expiry date", "exp date", "exp", "expiry",
                    "expires", "sell by", "bb", "bbe", "best before end",
                ],
                "de": [
                    "mindestens haltbar bis", "mhd", "haltbar bis", "zu verbrauchen bis",
                    "verwendbar bis", "mindesthaltbarkeitsdatum",
                ],
                "fr": [
                    "a consommer avant", "a consommer de preference avant", "a consommer jusqu au",
                    "dlc", "dluo", "ddm",
                ],
                "es": [
                    "consumir antes de", "consumir preferentemente antes", "caducidad",
                    "fecha de caducidad", "cad",
                ],
                "no": ["best for", "siste forbruksdag", "siste forbruksdato", "holdbar til"],
                "nl": ["ten minste houdbaar tot", "tht", "te gebruiken tot"],
                "zh": ["保质期至", "有效期至", "此日期前最佳", "到期日期", "有效期"],
            ]
        ),
        Entry(
            concept: .productionDate,
            words: [
                "en": [
                    "production date", "packed on", "packed", "mfg", "mfg date", "manufactured",
                ], "de": ["hergestellt am", "verpackt am", "abgepackt am"],
                "fr": ["emballe le", "conditionne le"], "es": ["envasado", "fecha de envasado"],
                "no": ["pakket", "pakkedato", "produksjonsdato"], "nl": ["verpakt op"],
                "zh": ["生产日期", "包装日期"],
            ]
        ),
        Entry(
            concept: .period,
            words: [
                "en": ["period", "billing period", "from", "between"],
                "de": ["zeitraum", "abrechnungszeitraum", "leistungszeitraum"], "fr": ["periode"],
                "es": ["periodo"], "no": ["periode"], "nl": ["periode"], "zh": ["期间"],
            ]
        ),
        Entry(
            concept: .otherDate,
            words: [
                "en": [
                    "print date", "printed", "printed on", "date of birth", "valid until",
                    "valid till", "valid", "member since", "offer ends", "effective", "since",
                    "return by", "expires on",
                ], "de": ["gultig bis", "geburtsdatum", "druckdatum"],
                "fr": ["valable jusqu au", "date de naissance"], "es": ["valido hasta"],
                "no": ["gyldig til"], "nl": ["geldig tot"], "zh": ["打印日期"],
            ]
        ),
    ]
}
