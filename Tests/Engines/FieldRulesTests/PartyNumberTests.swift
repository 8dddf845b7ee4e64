import FieldRules
import Records
import Testing

@Suite struct PartyNumberTests {
    private func best(_ name: String, _ text: String) -> Candidate? {
        FieldFinder.candidates(
            for: FieldDefinition(name: name, type: .identifier),
            in: Pages.text(text)
        ).first
    }

    @Test(arguments: [
        ("USt-IdNr.: DE 136 695 976", "DE136695976"), ("UST-ID-NR: DEI36695976", "DE136695976"),
        ("UID: ATU13585627", "ATU13585627"), ("BTW BE 0428.759.497", "BE0428759497"),
        ("TVA FR83404833048", "FR83404833048"), ("VAT Reg No GB980780684", "GB980780684"),
        ("P.IVA IT00743110157", "IT00743110157"), ("BTW-nr NL004495445B01", "NL004495445B01"),
        ("Org nr 974 760 673 MVA", "974760673MVA"), ("CHE-107.787.577 MWST", "CHE107787577"),
    ])
    func `a VAT number is known by its country's form and check digits`(line: String, code: String)
    {
        #expect(best("vat_id", "Corner Shop\n\(line)\nTea 3.00")?.content == .identifier(code))
    }

    @Test func `a German Steuernummer beside it is not taken for it`() throws {
        let text = "Steuernummer: 12/345/6789/0\nUSt-IdNr.: DE136695976"
        #expect(best("vat_id", text)?.content.plain == "DE136695976")
        #expect(best("steuernummer", text)?.content.plain == "12/345/6789/0")
        let alone = try #require(best("vat_id", "USt-IdNr.: 12/345/6789/0"))
        #expect(alone.reason.contains("another tax number"))
    }

    @Test(arguments: ["DE136695975", "GB123456789", "DEAR CUSTOMER 12345", "DE 33100 Neustadt"])
    func `wrong check digits prove nothing`(text: String) {
        #expect(best("vat_id", "Corner Shop\n\(text)") == nil)
    }

    @Test func `an account number with letters read for digits is put right by its check digits`()
        throws
    {
        let iban = try #require(best("iban", "IBAN DE89 37O4 0044 0532 0I30 00"))
        #expect(iban.content.plain == "DE89370400440532013000")
        #expect(iban.printed == "DE89 37O4 0044 0532 0I30 00")
        #expect(best("iban", "IBAN DE89 37O4 0044 0532 0I30 01") == nil)
    }

    @Test func `scraps of a word are no currency of amounts with decimals`() {
        let pages = Pages.text("Shop\nLength 10 FT.\nTea 3.00\nCake 4.00\nTotal 7.00")
        let currency = FieldFinder.candidates(
            for: FieldDefinition(name: "currency", type: .currency),
            in: pages
        )
        #expect(currency.isEmpty)
    }
}
