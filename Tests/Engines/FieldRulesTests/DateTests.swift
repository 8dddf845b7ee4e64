import FieldRules
import Records
import Testing

@Suite struct DateTests {
    private func candidates(_ text: String, order: DateOrder? = nil, name: String = "date")
        -> [Candidate]
    {
        FieldFinder.candidates(
            for: FieldDefinition(name: name, type: .date(order: order)),
            in: Pages.text(text)
        )
    }

    @Test(arguments: [
        ("Date: 16-03-18", "2018-03-16"), ("Datum 18.04.2020", "2020-04-18"),
        ("2020/3/28", "2020-03-28"),
        ("28 MAR 2018", "2018-03-28"), ("March 3rd, 2020", "2020-03-03"),
        ("3. März 2020", "2020-03-03"),
        ("2020年3月28日", "2020-03-28"), ("日期：2020年3月28日 12:30", "2020-03-28"),
        ("25/12/2017 13:49", "2017-12-25"),
        ("4/16/2017 5:53pm", "2017-04-16"), ("OCT 3, 2016", "2016-10-03"),
        ("2Mar2018", "2018-03-02"),
        ("Jun17'13", "2013-06-17"), ("02 Juillet 2015", "2015-07-02"),
        ("19 de abril de 2014", "2014-04-19"),
        ("25. desember 2021", "2021-12-25"), ("Date 25/12/201713:49", "2017-12-25"),
        ("DATE:28/12/2017", "2017-12-28"),
        ("2018-03-28T12:00", "2018-03-28"), ("Date 20200328", "2020-03-28"),
    ])
    func `a day is read however it is printed`(line: String, day: String) {
        #expect(candidates(line).first?.content.plain == day)
    }

    @Test(arguments: [
        // A state with its post code, or a telephone number and dollars.
        ("11 Elm Street\nSpringfield, IL 62701\n03/04/2025 13:49\nTotal 5.00", "2025-03-04"),
        (
            "Tel (555) 010-2233\n03/04/2025 13:49\nTotal $5.00\nCash $10.00\nChange $5.00",
            "2025-03-04"
        ),
        ("Muster Bhd\n03/04/2025 13:49\nTotal 5.00", "2025-04-03"),
        ("03/04/2025 13:49\nTotal RM 5.00\nCash RM 10.00", "2025-04-03"),
        // The day proves another custom than the place.
        ("Springfield, IL 62701\nprinted 25/04/2025\n03/04/2025 13:49", "2025-04-03"),
    ])
    func `the country of a document says how its days are written`(text: String, day: String) {
        let found = candidates(text)
        #expect(found.contains { $0.content.plain == day && $0.assumedOrder == nil })
        #expect(!found.contains { $0.assumedOrder != nil })
    }

    @Test(arguments: [
        "03/04/2025 13:49\nTotal 5.00", "Tel 555-010-2233\n03/04/2025\nTotal 5.00",
        "Springfield, IL 62701\nMuster GmbH\n03/04/2025 13:49\nTotal 5.00",
    ])
    func `a day stays open where the country does not show or customs differ`(text: String) {
        #expect(Set(candidates(text).compactMap(\.assumedOrder)) == [.dayFirst, .monthFirst])
    }

    @Test func `what the field says about its order outranks the custom of a country`() {
        let found = candidates("Springfield, IL 62701\n03/04/2025 13:49", order: .dayFirst)
        #expect(found.first?.content.plain == "2025-04-03")
    }

    @Test(arguments: [
        "Date 31/02/2018", "Date 45-13-2018", "Date 15.04. 16:14", "Tel 03-78-5986", "Date 12.50",
        "1.2.3.4",
    ])
    func `what is no day of the calendar is no date`(line: String) {
        #expect(candidates(line).isEmpty)
    }

    @Test func `a day that can be read two ways is given both ways with the same evidence`() throws
    {
        let both = candidates("Shop\nDate 03/04/2025")
        try #require(both.count == 2)
        #expect(Set(both.map(\.content.plain)) == ["2025-04-03", "2025-03-04"])
        #expect(Set(both.map(\.assumedOrder)) == [.dayFirst, .monthFirst])
        #expect(both[0].evidence == both[1].evidence)
        #expect(both[0].confidence == both[1].confidence)
        #expect(both[0].printed == "03/04/2025")
    }

    @Test func `the field's order or another day of the document decides`() {
        let named = candidates("Date 03/04/2025", order: .monthFirst)
        #expect(named.map(\.content.plain) == ["2025-03-04"])
        #expect(named.first?.assumedOrder == nil)
        let decided = candidates("Date 03/04/2025\nPrinted 25/04/2025")
        #expect(decided.first?.content.plain == "2025-04-03")
        #expect(decided.first?.assumedOrder == nil)
    }

    @Test func `letters read for digits are repaired`() throws {
        let best = try #require(candidates("Date l2/O3/2O18 13:49", order: .dayFirst).first)
        #expect(best.content.plain == "2018-03-12")
        #expect(best.printed.contains("O3"))
    }

    @Test func `the document's day is told from the day of payment`() {
        let text = "Invoice Date: 2023-03-20  Due Date: 2023-04-04\nOrder date 2023-03-01"
        #expect(candidates(text).first?.content.plain == "2023-03-20")
        #expect(candidates(text, name: "due_date").first?.content.plain == "2023-04-04")
        #expect(candidates(text, name: "order_date").first?.content.plain == "2023-03-01")
    }

    @Test func `column heads name the days below them`() {
        let text = "Invoice Date:       Due Date:\n03/20/2023          04/14/2023"
        #expect(candidates(text).first?.content.plain == "2023-03-20")
        #expect(candidates(text, name: "due_date").first?.content.plain == "2023-04-14")
    }

    @Test func `a day without a key word is no answer for a field that needs one`() {
        #expect(candidates("Printed 25/04/2025", name: "best_before").isEmpty)
        #expect(
            candidates("MHD 25.04.2025", name: "best_before").first?.content.plain == "2025-04-25"
        )
    }
}
