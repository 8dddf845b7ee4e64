import Records
import Testing

@testable import FieldRules

/// A label's page: words with boxes, and symbols.
private func label(
    _ pieces: [Pages.Piece],
    symbols: [Symbol] = []
) -> [PageText] {
    var pages = Pages.picture(pieces)
    pages[0].symbols = symbols
    return pages
}

private func symbol(
    _ format: Symbol.Format,
    _ text: String,
    isGS1: Bool = false
) -> Symbol {
    Symbol(
        format: format,
        text: text,
        box: Box(x: 10, y: 10, width: 200, height: 60),
        confidence: 0.99,
        isGS1: isGS1
    )
}

private func best(_ field: String, _ pages: [PageText]) -> String? {
    FieldFinder.candidates(for: FieldFinder.usualField(named: field), in: pages).first?.content
        .plain
}

@Suite struct ShelfLabelTests {
    @Test func `decimals that begin before slanted digits end belong to them`() {
        var pages = label([.init(text: "OAT BISCUITS", column: 2, row: 1, height: 24)])
        for (text, box) in [
            ("18", Box(x: 180, y: 100, width: 48, height: 54)),
            ("90", Box(x: 222, y: 99, width: 25, height: 22)),
        ] {
            pages[0].words.append(
                Word(
                    text: text,
                    box: box,
                    confidence: 0.9,
                    block: 5,
                    line: 10 + pages[0].words.count
                )
            )
        }
        #expect(best("price", pages) == "18.90")
    }

    @Test(arguments: [
        ("59.90", "14.98", "Pr/kg 14.98"), ("2.49", "4.98", "£4.98 per kg"),
        ("1.99", "3.98", "1 kg = 3,98 €/kg"),
    ])
    func `the price is large, the unit price stands with its unit`(
        price: String,
        unitPrice: String,
        printed: String
    ) {
        let pages = label([
            .init(text: "GARDEN PEAS", column: 1, row: 0, height: 24),
            .init(text: printed, column: 1, row: 2, height: 14),
            .init(text: price, column: 30, row: 3, height: 60),
        ])
        #expect(best("price", pages) == price)
        #expect(best("unit_price", pages) == unitPrice)
        #expect(best("product", pages) == "GARDEN PEAS")
    }

    @Test func `a unit in small print beside a large price is not that price's`() {
        var pages = label([.init(text: "SPREAD", column: 1, row: 0, height: 24)])
        for (text, x, height) in [
            ("Pr/kg", 20, 14), ("63.78", 90, 14), ("28", 200, 60), ("70", 280, 26),
        ] {
            pages[0].words.append(
                Word(
                    text: text,
                    box: Box(
                        x: x,
                        y: 120 - height / 2,
                        width: height * text.count / 2,
                        height: height
                    ),
                    confidence: 0.9,
                    block: 2,
                    line: 4
                )
            )
        }
        // Raised, as decimals of a shelf label are.
        pages[0].words[pages[0].words.count - 1].box.y = 92
        #expect(best("price", pages) == "28.70")
        #expect(best("unit_price", pages) == "63.78")
    }

    @Test func `large digits without a mark hold their decimals, on a label of two lines too`() {
        let pages = label([
            .init(text: "GARDEN PEAS 4KG", column: 1, row: 0, height: 24),
            .init(text: "5990", column: 20, row: 2, height: 60),
        ])
        #expect(best("price", pages) == "59.90")
    }

    @Test func `numbers of an address are no price`() {
        let pages = label([
            .init(text: "R. Rowan", column: 1, row: 0, height: 24),
            .init(text: "Flat 2, 61 Weir Street", column: 1, row: 2, height: 24),
            .init(text: "2210 Mill Road", column: 1, row: 4, height: 24),
        ])
        #expect(best("price", pages) == nil)
    }

    @Test func `a misread digit of a unit price is set right by price and contents`() throws {
        let pages = label([
            .init(text: "SPREAD 450 g", column: 1, row: 0, height: 24),
            .init(text: "Pr/kg 63.76", column: 1, row: 2, height: 14),
            .init(text: "28.70", column: 30, row: 3, height: 60),
        ])
        let field = FieldFinder.usualField(named: "unit_price")
        let candidate = try #require(FieldFinder.candidates(for: field, in: pages).first)
        #expect(candidate.content.plain == "63.78")
        #expect(candidate.printed == "63.76")
    }

    @Test func `a product takes several lines of its size, and neither the shop nor smaller print`()
    {
        let pages = label([
            .init(text: "Corner Import AS", column: 1, row: 0, height: 24),
            .init(text: "DARK CHOCOLATE", column: 1, row: 2, height: 30),
            .init(text: "WITH SEA SALT", column: 1, row: 3, height: 30),
            .init(text: "made in a small bakery", column: 1, row: 5, height: 12),
            .init(text: "4.95", column: 40, row: 4, height: 60),
        ])
        #expect(best("product", pages) == "DARK CHOCOLATE WITH SEA SALT")
    }
}

@Suite struct SymbolTests {
    @Test func `a bar code outranks the digits beneath it, and both are candidates`() {
        let pages = label(
            [.init(text: "4030011300116", column: 1, row: 3)],
            symbols: [symbol(.ean13, "4006381333931")]
        )
        let found = FieldFinder.candidates(
            for: FieldFinder.usualField(named: "barcode"),
            in: pages
        )
        #expect(found.map(\.content.plain) == ["4006381333931", "4030011300116"])
        #expect(found.first?.evidence.first?.box == symbol(.ean13, "1").box)
    }

    @Test func `digits that agree with the bars are surer than the bars alone`() throws {
        let field = FieldFinder.usualField(named: "barcode")
        func confidence(_ pieces: [Pages.Piece]) throws -> Double {
            let pages = label(pieces, symbols: [symbol(.ean13, "4006381333931")])
            return try #require(FieldFinder.candidates(for: field, in: pages).first).confidence
        }
        let alone = try confidence([.init(text: "Peas", column: 1, row: 1)])
        #expect(try confidence([.init(text: "4006381333931", column: 1, row: 3)]) >= alone)
    }

    @Test func `a GS1 symbol holds the article, the last day and the lot`() {
        let text = "010400638133393117270131" + "10AB-77\u{1D}" + "3103000450"
        let pages = label([], symbols: [symbol(.code128, text, isGS1: true)])
        #expect(best("barcode", pages) == "4006381333931")
        #expect(best("best_before", pages) == "2027-01-31")
        #expect(best("lot", pages) == "AB-77")
    }

    @Test func `day 00 of a GS1 symbol is the month's last`() {
        #expect(GS1Elements("15280200").day("15")?.description == "2028-02-29")
        #expect(GS1Elements("15271300").day("15") == nil)
    }

    @Test(arguments: [
        ("40O6381333931", "4006381333931"), ("$030011300116", "4030011300116"),
        ("030011300116", "4030011300116"),
    ])
    func `a damaged code is set right by its check digit`(printed: String, code: String) {
        #expect(DamagedCode.repaired(printed)?.code == code)
    }

    @Test func `a code with two lost digits is left alone`() {
        #expect(DamagedCode.repaired("40$0011$00116") == nil)
        #expect(DamagedCode.repaired("4030011300116") == nil)
    }
}

@Suite struct ParcelTests {
    @Test(arguments: [
        ("1Z999AA10123456784", "UPS"), ("RR473124829DE", "post (S10)"),
        ("9400111202555842332669", "USPS"), ("340412345678901234", "SSCC"),
        ("340412345678901235", nil),
    ])
    func `parcel numbers are known by form and check digit`(code: String, carrier: String?) {
        let form = TrackingNumber.form(of: code)
        #expect((form?.isProven == true ? form?.carrier : nil) == carrier)
    }

    @Test func `a wrong check digit proves nothing`() {
        #expect(TrackingNumber.form(of: "1Z999AA10123456785")?.isProven != true)
        #expect(TrackingNumber.form(of: "RR473124828DE")?.isProven != true)
    }

    @Test func `a parcel number is found without a key word, in groups`() {
        let pages = label([
            .init(text: "SHIP TO", column: 1, row: 0),
            .init(text: "1Z 999 AA1 01 2345 6784", column: 1, row: 3),
        ])
        #expect(best("tracking_number", pages) == "1Z999AA10123456784")
    }
}

@Suite struct NutritionTests {
    @Test func `a table for 100 g is read row by row`() {
        let pages = label([
            .init(text: "Energy 1046 kJ / 250 kcal", column: 1, row: 0),
            .init(text: "Fat 9.5 g", column: 1, row: 1),
            .init(text: "of which saturates 1.2 g", column: 1, row: 2),
            .init(text: "Carbohydrate 31 g", column: 1, row: 3),
            .init(text: "of which sugars 4.4 g", column: 1, row: 4),
            .init(text: "Fibre 2.0 g", column: 1, row: 5),
            .init(text: "Protein 8.1 g", column: 1, row: 6),
            .init(text: "Salt 0.75 g", column: 1, row: 7),
        ])
        let values = [
            "energy_kj": "1046", "calories": "250", "fat": "9.5", "saturates": "1.2",
            "carbohydrate": "31", "sugars": "4.4", "fibre": "2.0", "protein": "8.1", "salt": "0.75",
        ]
        for (field, value) in values { #expect(best(field, pages) == value, "\(field)") }
    }

    @Test func `an American table's values are its amounts, not its shares`() {
        let pages = label([
            .init(text: "Calories 110", column: 1, row: 0),
            .init(text: "Total Fat 3g 4%", column: 1, row: 1),
            .init(text: "Sodium 160mg 7%", column: 1, row: 2),
        ])
        #expect(best("calories", pages) == "110")
        #expect(best("fat_g", pages) == "3")
        #expect(best("sodium_mg", pages) == "160")
    }
}
