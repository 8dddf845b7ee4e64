import FieldRules
import Records
import Testing

@Suite struct CodeAndItemTests {
    private func best(_ name: String, _ type: FieldType, _ text: String) -> Candidate? {
        FieldFinder.candidates(for: FieldDefinition(name: name, type: type), in: Pages.text(text))
            .first
    }

    @Test(arguments: [
        ("invoice_number", "Invoice Number: 42183017", "42183017"),
        ("invoice_number", "Invoice INV/2023/03/0008", "INV/2023/03/0008"),
        ("invoice_number", "Facture n°562044387 du 02 Juillet 2015", "562044387"),
        ("invoice_number", "Rechnungsnr.       30064443        Kundennr.   47774", "30064443"),
        ("customer_number", "Rechnungsnr.       30064443        Kundennr.   47774", "47774"),
        ("invoice_number", "Invoice Number     Date\nA-100/7            2023-01-02", "A-100/7"),
        ("receipt_number", "RCPT NO.18252", "18252"),
        ("lot", "LOT: L2304B", "L2304B"),
        ("catalog_number", "Catalog number 0107-5765", "0107-5765"),
        ("iban", "IBAN DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        ("barcode", "4 006381 333931", "4006381333931"),
        ("barcode", "4006381333931", "4006381333931"),
    ])
    func `a code stands beside its key or proves itself`(name: String, text: String, code: String) {
        #expect(best(name, .identifier, text)?.content == .identifier(code))
    }

    @Test(arguments: [
        ("iban", "IBAN DE89 3704 0044 0532 0130 01"), ("barcode", "4006381333932"),
        ("invoice_number", "Invoice date 2023-01-02"), ("invoice_number", "Invoice 12.50"),
        ("invoice_number", "INVOICE\nThank you"),
    ])
    func `wrong check digits, days and amounts are no codes`(name: String, text: String) {
        #expect(best(name, .identifier, text) == nil)
    }

    @Test(arguments: [
        ("Total RM 5.00", "MYR"), ("Total €5.00", "EUR"), ("Total 5,00 EUR", "EUR"),
        ("Total CHF 5.00", "CHF"),
        ("Total £5.00", "GBP"), ("Total 5,00 zł", "PLN"), ("Total $5.00", "USD"),
    ])
    func `the currency is told by signs and codes`(text: String, code: String) {
        #expect(best("currency", .currency, text)?.content == .currency(code))
    }

    @Test func `a sign that several countries share is less sure`() throws {
        let dollar = try #require(best("currency", .currency, "Total $5.00"))
        let euro = try #require(best("currency", .currency, "Total €5.00"))
        #expect(dollar.score < 0.7)
        #expect(euro.score > 0.9)
        #expect(best("currency", .currency, "Total 5.00") == nil)
        #expect(best("currency", .currency, "Soya ($)\nMilk 3.00\nTotal 5.00\n£5 off") == nil)
        #expect(best("currency", .currency, "Price ($)\nMilk $3.00\nTotal $5.00") != nil)
    }

    @Test func `a label is taken only beside its key`() {
        let type = FieldType.label(["paid", "open"])
        #expect(best("status", type, "Status: Paid")?.content == .label("paid"))
        #expect(best("status", type, "Paid by card\nStatus: unknown") == nil)
    }

    private let items = FieldType.list([
        ListColumn(name: "name", type: .text), ListColumn(name: "quantity", type: .number),
        ListColumn(name: "price", type: .money),
    ])

    @Test func `rows with an amount are items, surer when they sum to the total`() throws {
        let list = try #require(
            best(
                "items",
                items,
                "Shop\n2 Coffee       7.00\n1 Cake         4.50\nTotal         11.50\nCash 20.00\nChange 8.50"
            )
        )
        guard case .list(let rows) = list.content else {
            Issue.record("not a list")
            return
        }
        #expect(rows.map { $0["name"]?.plain } == ["Coffee", "Cake"])
        #expect(rows.map { $0["quantity"]?.plain } == ["2", "1"])
        #expect(rows.map { $0["price"]?.plain } == ["7.00", "4.50"])
        #expect(list.score > 0.85)
        let unsure = try #require(best("items", items, "Shop\nCoffee 7.00\nTotal 11.50"))
        #expect(unsure.score < 0.5)
    }

    @Test func `an item may take two rows: its name, then code, quantity and price`() throws {
        let list = try #require(
            best("items", items, "Shop\nPAPER CLIP\n9082115 2 X 2.50 5.00\nTOTAL 5.00")
        )
        guard case .list(let rows) = list.content else {
            Issue.record("not a list")
            return
        }
        #expect(rows.map { $0["name"]?.plain } == ["PAPER CLIP"])
        #expect(rows.map { $0["quantity"]?.plain } == ["2"])
    }

    @Test func `small raised digits beside a large number are its decimals`() {
        func price(_ pieces: [Pages.Piece]) -> String? {
            FieldFinder.candidates(
                for: FieldDefinition(name: "price", type: .money),
                in: Pages.picture(pieces)
            ).first?.content.plain
        }
        let large = Pages.Piece(text: "28", column: 20, row: 3, height: 70)
        #expect(price([large, .init(text: "70", column: 28, row: 3, height: 30)]) == "28.70")
        #expect(price([large, .init(text: "70", column: 60, row: 3, height: 30)]) == nil)
    }

    @Test func `a shelf label's price is its largest number`() {
        let pages = Pages.picture([
            .init(text: "GREEN APPLES", column: 0, row: 0, height: 24),
            .init(text: "14.98 kr/kg", column: 0, row: 1, height: 14),
            .init(text: "59.90", column: 20, row: 3, height: 70),
            .init(text: "7039010540247", column: 0, row: 6, height: 14),
        ])
        func best(_ name: String, _ type: FieldType) -> String? {
            FieldFinder.candidates(for: FieldDefinition(name: name, type: type), in: pages).first?
                .content.plain
        }
        #expect(best("price", .money) == "59.90")
        #expect(best("unit_price", .money) == "14.98")
        #expect(best("product", .text) == "GREEN APPLES")
        #expect(best("barcode", .identifier) == "7039010540247")
    }
}
