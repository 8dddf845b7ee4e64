import FieldRules
import Records
import Testing

@Suite struct TimeTests {
    private func best(_ text: String, name: String = "time") -> Candidate? {
        FieldFinder.candidates(
            for: FieldDefinition(name: name, type: .text),
            in: Pages.text(text)
        ).first
    }

    @Test(arguments: [
        ("24/11/2017 12:38", "12:38"), ("24/11/2017 9:24:51 PM", "21:24:51"),
        ("5/16/2017 6:42pm", "18:42"), ("Time: 11:59AM", "11:59"), ("12:05 AM 3/4/2018", "00:05"),
        ("19.05.2020 15.26 Uhr", "15:26"), ("02/03/2018 8h30", "08:30"), ("Uhrzeit 08:47", "08:47"),
        ("17-04-18 14 : 25 SH02", "14:25"), ("Date 24/11/201712:38", "12:38"),
        ("28-01-18 7:02:11 PH", "19:02:11"),
    ])
    func `a time of day is read however it is printed`(line: String, time: String) {
        #expect(best("Corner Shop\n\(line)\nTea 3.00")?.content.plain == time)
    }

    @Test func `the time beside the day is taken, not the opening hours`() throws {
        let text = """
            Corner Shop
            Mo-Fr 08:00 - 20:00
            Tea 3.00
            12.03.2018 14:52
            """
        let time = try #require(best(text, name: "uhrzeit"))
        #expect(time.content == .text("14:52"))
        #expect(time.reason == "beside the day")
        #expect(time.evidence.map(\.words) == ["14:52"])
    }

    @Test(arguments: ["Tea 16.14", "Table: 12", "Ref 2018:4711", "Score 25:10 66:71"])
    func `amounts and codes are no times`(line: String) {
        #expect(best("Corner Shop\n\(line)") == nil)
    }
}
