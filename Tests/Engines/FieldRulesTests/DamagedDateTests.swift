import FieldRules
import Records
import Testing

@Suite struct DamagedDateTests {
    private func best(_ text: String) -> Candidate? {
        FieldFinder.candidates(
            for: FieldDefinition(name: "date", type: .date(order: .dayFirst)),
            in: Pages.text(text)
        ).first
    }

    @Test(arguments: [
        ("Date: 14-02-2618 11:34", "2018-02-14"), ("Date 33/06/2018", "2018-06-03"),
        ("Date 23/06/2078 10:15", "2018-06-23"), ("Date: 2370672018", "2018-06-23"),
        ("Date 28-0CT-2018", "2018-10-28"), ("Date 28/Seplember/2018", "2018-09-28"),
        ("23-06 -2O1B 10:15", "2018-06-23"), ("Date: 23/06~2018", "2018-06-23"),
        ("Date: Z3/O6/201 8", "2018-06-23"), ("Augt7'13 08:24PM", "2013-08-17"),
        ("Datum 12.IV.2018", "2018-04-12"),
    ])
    func `a damaged day is repaired where a day is expected`(line: String, day: String) {
        #expect(best("Corner Shop\n\(line)\nTea 3.00")?.content.plain == day)
    }

    @Test func `a repaired day is less sure than a clean one, and keeps what was printed`() throws {
        let clean = try #require(best("Date 14-02-2018"))
        let repaired = try #require(best("Date 14-02-2618"))
        #expect(repaired.confidence < clean.confidence)
        #expect(repaired.printed == "14-02-2618")
    }

    @Test(arguments: [
        "Tel 03-7859-0861", "Item 33/06/2018", "Date: see below", "Date 12.50", "Date 2370692018",
        "Date 45/45/4545", "Lot 12-34-5678",
    ])
    func `what is no damaged day stays no day`(line: String) {
        #expect(best("Corner Shop\n\(line)\nTea 3.00") == nil)
    }
}
