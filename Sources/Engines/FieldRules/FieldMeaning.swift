import Records

/// What a field is for, told by its name.
struct FieldMeaning: Sendable {
    /// The rules that know where such a value stands, beyond a key word beside it.
    enum Kind: Hashable, Sendable {
        /// The final sum.
        case total
        /// The document's day.
        case documentDate
        /// The time of day.
        case time
        /// The shop or the sender.
        case merchant
        /// The merchant's address.
        case merchantAddress
        /// The document's currency.
        case currency
        /// A shelf label's price, the largest number on it.
        case price
        /// A price for a kilogram, litre or piece.
        case unitPrice
        /// A shelf label's product.
        case product
        /// The digits of a bar code.
        case barcode
        /// The number of a parcel.
        case tracking
        /// A row of a nutrition table.
        case nutrition(Nutrient)
        /// An account number with its check digits.
        case iban
        /// A number for value added tax, by its country's form.
        case vatNumber
        /// The rows of a receipt or invoice.
        case items
        /// None: only a key word tells.
        case keyed
    }

    /// The rules that know such fields.
    let kind: Kind
    /// Meanings of key words that stand beside the value, the surest first.
    let concepts: [KeyConcept]

    /// What a field's name says; a longer name is known by its last or first words (`store_name`, `total_eur`).
    static func of(_ name: String) -> FieldMeaning {
        let words = FoldedLetters.words(split(name))
        if let meaning = names[words.joined()] { return meaning }
        for count in stride(from: words.count - 1, to: 0, by: -1) {
            if let meaning = names[words.suffix(count).joined()] { return meaning }
            if let meaning = names[words.prefix(count).joined()] { return meaning }
        }
        return FieldMeaning(kind: .keyed, concepts: [])
    }

    /// `invoiceNumber` as `invoice Number`.
    private static func split(_ name: String) -> String {
        var text = ""
        var wasLower = false
        for character in name {
            if wasLower, character.isUppercase { text.append(" ") }
            wasLower = character.isLowercase
            text.append(character)
        }
        return text
    }

    private static let names: [String: FieldMeaning] = {
        let table: [(Kind, [KeyConcept], String)] = [
            (
                .total, [.grandTotal, .total, .weakTotal],
                "total amount gesamt summe betrag gesamtbetrag montant total_ttc importe belop sum totaal 合计 总计 金额 grand_total amount_due invoice_total zahlbetrag total_amount amount_total rechnungsbetrag"
            ),
            (
                .documentDate, [.documentDate, .date],
                "date datum fecha dato 日期 invoice_date receipt_date rechnungsdatum purchase_date transaction_date document_date issue_date belegdatum fakturadato 开票日期"
            ),
            (.time, [], "time uhrzeit zeit heure hora tid klokkeslett tijd 时间"),
            (
                .merchant, [.issuer],
                "merchant company issuer vendor seller supplier shop store shop_name store_name company_name merchant_name haendler handler firma laden geschaft geschaeft aussteller lieferant verkaufer commerce marchand vendeur emetteur fournisseur comercio tienda empresa vendedor emisor butikk selger leverandor 商户 商家 店名 公司 sender absender"
            ),
            (
                .merchantAddress, [.address],
                "address adresse anschrift direccion 地址 merchant_address company_address store_address shop_address issuer_address"
            ),
            (.currency, [.currency], "currency wahrung waehrung devise moneda valuta 币种 货币"),
            (.keyed, [.subtotal], "subtotal zwischensumme sous_total delsum 小计"),
            (.keyed, [.net], "net netto net_amount nettobetrag ht base_imponible"),
            (
                .keyed, [.tax],
                "tax vat gst mwst ust tva iva mva btw tax_amount vat_amount steuer 税额 mehrwertsteuer umsatzsteuer"
            ),
            (.keyed, [.cash], "cash paid tendered amount_paid gegeben bezahlt"),
            (.keyed, [.change], "change ruckgeld rueckgeld wechselgeld rendu cambio veksel 找零"),
            (.keyed, [.rounding], "rounding rundung"),
            (.keyed, [.discount], "discount rabatt remise descuento 折扣 savings"),
            (.keyed, [.service], "service_charge tip trinkgeld shipping versand"),
            (
                .keyed, [.dueDate],
                "due_date due fallig faellig faelligkeit falligkeit falligkeitsdatum payment_due echeance vencimiento forfall forfallsdato"
            ),
            (.keyed, [.orderDate], "order_date bestelldatum"),
            (.keyed, [.deliveryDate], "delivery_date lieferdatum leistungsdatum ship_date"),
            (
                .keyed, [.bestBefore],
                "best_before expiry expiry_date use_by mhd best_before_date haltbar_bis dlc caducidad best_for 保质期"
            ),
            (.keyed, [.productionDate], "production_date packed_on manufactured 生产日期"),
            (
                .keyed, [.invoiceNumber],
                "invoice_number invoice_no invoice_id rechnungsnummer numero_facture factura_numero fakturanummer factuurnummer 发票号码 invoice bill_number invoice_nr"
            ),
            (
                .keyed, [.receiptNumber, .invoiceNumber],
                "receipt_number receipt_no bonnummer belegnummer ticket_number kvittering receipt_id 小票号 transaction_number"
            ),
            (
                .keyed, [.orderNumber],
                "order_number order_no order_id bestellnummer auftragsnummer po_number reference 订单号"
            ),
            (
                .keyed, [.customerNumber],
                "customer_number customer_no customer_id kundennummer account_number klantnummer"
            ),
            (.iban, [.iban], "iban"), (.keyed, [.bic], "bic swift"),
            (
                .vatNumber, [.vatID],
                "vat_id vat_number vat_no ust_id ustid ust_idnr vat_registration_number tva_intracommunautaire"
            ),
            (
                .keyed, [.vatID],
                "tax_id gst_number gst_id steuernummer tax_number 税号"
            ),
            (
                .keyed, [.registration],
                "registration_number registration company_number hrb siret kvk"
            ),
            (.keyed, [.phone], "phone telephone tel telefon telefono telefoon 电话"),
            (.keyed, [.fax], "fax"), (.keyed, [.email], "email mail"),
            (.keyed, [.website], "website url web"),
            (.barcode, [.barcode], "barcode ean gtin upc strekkode strichcode 条码 ean13"),
            (.keyed, [.lot], "lot lot_number batch charge lote batch_number 批号"),
            (.tracking, [.tracking], "tracking_number tracking sendungsnummer shipment_number 运单号"),
            (
                .product, [.product],
                "product product_name item_name article artikel produkt vare varenavn producto produit 品名 商品"
            ),
            (.price, [.price], "price preis prix precio pris prijs 价格 售价"),
            (
                .unitPrice, [.unitPrice],
                "unit_price grundpreis enhetspris kilopris jevnforpris prix_unitaire precio_unitario 单价 price_per_unit"
            ),
            (.keyed, [.quantity], "quantity qty menge anzahl antall cantidad quantite 数量"),
            (.keyed, [.itemCount], "item_count"),
            (
                .items, [],
                "items lines positions positionen artikel_liste line_items articles varer positionsliste rows"
            ),
            (.keyed, [.recipient], "customer recipient bill_to kunde client cliente buyer ship_to"),
        ]
        let nutrients: [(Kind, [KeyConcept], String)] = Nutrient.allCases.map {
            (.nutrition($0), [], $0.fieldNames)
        }
        var names: [String: FieldMeaning] = [:]
        for (kind, concepts, words) in table + nutrients {
            for word in words.split(separator: " ") {
                names[FoldedLetters.words(String(word)).joined()] = FieldMeaning(
                    kind: kind,
                    concepts: concepts
                )
            }
        }
        return names
    }()
}
