import FieldRules
import Records
import Testing

@Suite struct ExplanationTests {
    private let total = FieldDefinition(name: "total", type: .money)
    private let receipt = """
        Muster Markt
        Brot                2,00
        Milch               1,50
        Zwischensumme       3,50
        Gesamt              3,50
        Bar                 5,00
        Rückgeld            1,50
        """

    private func form(_ name: String, _ words: [String], _ rule: FormRule) -> Form {
        Form(name: name, signs: FormSigns(words: words), rules: [rule])
    }

    @Test func `an explanation holds the candidates that a run would store`() {
        let finder = FieldFinder(pages: Pages.text(receipt))
        let explanation = finder.explanation(for: total)
        #expect(explanation.candidates == finder.candidates(for: total))
        #expect(explanation.chosen == 0)
        #expect(explanation.verdict.contains("“3.50” is chosen"))
    }

    @Test func `amounts that other words name are told as passed over, with the words`() throws {
        let pages = Pages.text("Muster\nMwSt 19%  1,60\nGesamt 10,00\nDatum 25.12.2020")
        let explanation = FieldFinder(pages: pages).explanation(for: total)
        let tax = try #require(explanation.passedOver.first { $0.printed == "1,60" })
        #expect(tax.reason.contains("MwSt"))
        #expect(!explanation.passedOver.contains { $0.printed.contains("10,00") })
    }

    @Test func `it says which form decided, and why others did not`() {
        let rule = FormRule(field: "total", near: ["Bar"])
        let finder = FieldFinder(
            pages: Pages.text(receipt),
            forms: [
                form("kiosk", ["Kiosk Nord", "Muster"], rule),
                form("markt", ["Muster Markt"], rule),
                form("muster", ["Muster"], FormRule(field: "total", near: ["Gesamt"])),
                form("shop", ["Muster"], FormRule(field: "merchant", content: .text("M"))),
            ]
        )
        let explanation = finder.explanation(for: total)
        #expect(
            explanation.forms == [
                .init(name: "kiosk", role: .isAnother(missing: ["Kiosk Nord"], found: ["Muster"])),
                .init(name: "markt", role: .decided),
                .init(name: "muster", role: .outranked(by: "markt")),
                .init(name: "shop", role: .hasNoRule),
            ]
        )
        #expect(explanation.verdict.contains("sure: form markt: right of “Bar”"))
        #expect(explanation.verdict.contains("Next best: “3.50”"))
    }

    @Test func `a form that finds nothing is told with what it misses`() {
        let rule = FormRule(field: "total", near: ["Noch offen"])
        let finder = FieldFinder(
            pages: Pages.text(receipt),
            forms: [form("markt", ["Muster Markt"], rule)]
        )
        #expect(
            finder.explanation(for: total).forms.first?.role
                == .foundNothing(why: "“Noch offen” not found")
        )
        let code = FieldDefinition(name: "pass", type: .identifier)
        let region = FormRule(field: "pass", region: FormRegion(below: ["Karte"]))
        let other = FieldFinder(
            pages: Pages.text(receipt),
            forms: [form("markt", ["Muster Markt"], region)]
        ).explanation(for: code)
        #expect(other.candidates.isEmpty)
        #expect(
            other.verdict.contains("form markt") && other.verdict.contains("“Karte” not found")
        )
    }

    @Test func `a day that can be read two ways is told as such`() {
        let date = FieldDefinition(name: "date", type: .date(order: nil))
        let open = FieldFinder(pages: Pages.text("Date 03/04/2025")).explanation(for: date)
        #expect(open.chosen == nil)
        #expect(open.verdict.contains("two days"))
        #expect(open.notes.count == 1)
        let proven = FieldFinder(pages: Pages.text("Date 03/04/2025\nDue 25/04/2025"))
            .explanation(for: date)
        #expect(proven.chosen != nil)
        #expect(proven.notes.first?.contains("25/04/2025") == true)
    }

    @Test func `an empty page is explained too`() {
        let explanation = FieldFinder(pages: []).explanation(for: total)
        #expect(explanation.candidates.isEmpty && explanation.chosen == nil)
        #expect(explanation.verdict == "Nothing on the document could be the value.")
    }

    @Test(arguments: [
        ("total", "money"), ("invoice_date", "date"), ("Rechnungsdatum", "date"),
        ("merchant", "text"),
        ("iban", "identifier"), ("invoice_number", "identifier"), ("tax", "money"),
        ("currency", "currency"), ("items", "list"), ("best_before", "date"), ("catalog", "text"),
    ])
    func `a name alone says what a field holds`(name: String, type: String) {
        #expect(FieldFinder.usualField(named: name).type.name == type)
    }
}
