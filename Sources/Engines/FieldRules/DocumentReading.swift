import Records

/// All pages of a document with what the rules look for: key words, numbers, days, and what they decide together.
struct DocumentReading: Sendable {
    /// The rows of all pages, from top to bottom.
    private(set) var rows: [PageRow] = []
    /// The index in `rows` where each page begins.
    private(set) var pageStarts: [Int] = []
    /// The mark before the decimals, where the amounts agree on one.
    private(set) var decimalMark: UInt32?
    /// Count of amounts with two decimals, whatever mark stands before them.
    private(set) var decimalAmounts = 0
    /// The order of day and month that an unmistakable day proves.
    private(set) var dateOrder: DateOrder?
    /// The order that the document's country writes, where no day proves it.
    private(set) var dateCustom: DateOrder?
    /// The currency that stands most often beside amounts, and how certain it is.
    private(set) var currency: (sign: CurrencySign, evidence: Evidence)?
    /// Whether ¥ is the yuan's sign here.
    private var readsYenAsYuan = false
    /// Bar codes and matrix codes with their page's number.
    private(set) var symbols: [(page: Int, symbol: Symbol)] = []
    /// Rows of the key words, by meaning.
    private(set) var keyRows: [KeyConcept: [Int]] = [:]

    /// Reads pages.
    init(_ pages: [PageText]) {
        for page in pages where !page.words.isEmpty {
            pageStarts.append(rows.count)
            rows += PageRows.rows(of: page)
        }
        symbols = pages.flatMap { page in page.symbols.prefix(100).map { (page.number, $0) } }
        for index in rows.indices {
            rows[index].keys = Self.keys(in: rows[index])
            rows[index].amounts = AmountReader(rows[index]).amounts()
            let dates = DateReader(rows[index])
            rows[index].dates = dates.dates()
            rows[index].hasTime = dates.hasTime
            for key in rows[index].keys where keyRows[key.concept]?.last != index {
                keyRows[key.concept, default: []].append(index)
            }
        }
        repairDates()
        for index in rows.indices { removeNumbersInsideDates(index) }
        decideDecimals()
        decideDateOrder()
        readYenAsYuan()
        decideCurrency()
        if dateOrder == nil {
            dateCustom = DateCustom.order(
                in: rows,
                currency: currency?.sign,
                decimalMark: decimalMark
            )
        }
    }

    private static let builtIn: KeyMatcher<KeyConcept> = {
        var matcher = KeyMatcher<KeyConcept>()
        for entry in KeyWords.table {
            // In order of language, so that the outcome does not hang on a dictionary's order.
            for language in entry.words.keys.sorted() {
                for word in entry.words[language] ?? [] {
                    matcher.add(word, meaning: entry.concept)
                }
            }
        }
        return matcher
    }()

    private static func keys(in row: PageRow) -> [RowKey] {
        let letters = RowLetters(row.words)
        return builtIn.matches(in: letters).map { match in
            rowKey(
                match.letters,
                in: row,
                letters: letters,
                concept: match.meaning,
                isInexact: match.isInexact
            )
        }
    }

    /// A key from the letters that it covers.
    static func rowKey(
        _ range: Range<Int>,
        in row: PageRow,
        letters: RowLetters,
        concept: KeyConcept,
        isInexact: Bool
    ) -> RowKey {
        let words =
            Int(letters.word[range.lowerBound])..<(Int(letters.word[range.upperBound - 1]) + 1)
        return RowKey(
            concept: concept,
            words: words,
            printed: Self.trimmed(row.text(of: words)),
            isInexact: isInexact,
            length: range.count
        )
    }

    /// A key as a person would quote it: without the colon behind it.
    private static func trimmed(_ text: String) -> String {
        var text = Substring(text)
        while let last = text.last, ":.=-*".contains(last) { text.removeLast() }
        return String(text.prefix(60))
    }

    /// Reads damaged days where one is expected: beside its key, or beside a time when no day was read at all.
    private mutating func repairDates() {
        let hasNone = rows.allSatisfy(\.dates.isEmpty)
        for index in rows.indices {
            let row = rows[index]
            // A receipt is not from 2078.
            let isDoubtful = row.dates.allSatisfy { date in
                date.readings.allSatisfy { $0.date.year > DamagedDate.usualYears.upperBound }
            }
            guard isDoubtful else { continue }
            let key = row.keys.first { $0.concept == .date || $0.concept == .documentDate }
            guard let first = key?.words.upperBound ?? (hasNone && row.hasTime ? 0 : nil),
                first < row.words.count, let date = DamagedDate(row, from: first).date()
            else { continue }
            rows[index].dates = [date]
        }
    }

    /// Day, month and year are no amounts.
    private mutating func removeNumbersInsideDates(_ index: Int) {
        let days = rows[index].dates
        guard !days.isEmpty else { return }
        var next = 0
        rows[index].amounts.removeAll { amount in
            while next < days.count, days[next].words.upperBound <= amount.digits.lowerBound {
                next += 1
            }
            return next < days.count && days[next].words.overlaps(amount.digits)
        }
    }

    private mutating func decideDecimals() {
        var points = 0
        var commas = 0
        for row in rows {
            for amount in row.amounts where amount.isPlain {
                if amount.decimalMark == 0x2E { points += 1 }
                if amount.decimalMark == 0x2C { commas += 1 }
            }
        }
        decimalAmounts = points + commas
        // Recognition takes a comma for a point now and then, so a clear majority decides.
        if points > commas * 3, points > 0 { decimalMark = 0x2E }
        if commas > points * 3, commas > 0 { decimalMark = 0x2C }
        guard let decimalMark else { return }
        for row in rows.indices {
            for index in rows[row].amounts.indices {
                guard let separator = rows[row].amounts[index].undecidedSeparator else { continue }
                let thousands = rows[row].amounts[index].value
                if separator == decimalMark, let decimals = rows[row].amounts[index].otherValue {
                    rows[row].amounts[index].value = decimals
                } else {
                    rows[row].amounts[index].value = thousands
                }
                rows[row].amounts[index].otherValue = nil
                rows[row].amounts[index].undecidedSeparator = nil
            }
        }
    }

    private mutating func decideDateOrder() {
        var dayFirst = 0
        var monthFirst = 0
        var dotted = 0
        for row in rows {
            for date in row.dates {
                switch date.provenOrder {
                case .dayFirst: dayFirst += 1
                case .monthFirst: monthFirst += 1
                case nil: if date.style == .numbers(separator: 0x2E) { dotted += 1 }
                }
            }
        }
        if dayFirst > 0, monthFirst == 0 { dateOrder = .dayFirst }
        if monthFirst > 0, dayFirst == 0 { dateOrder = .monthFirst }
        // 3.4.2020 beside amounts with a decimal comma: the custom of the same countries.
        if dateOrder == nil, dotted > 0, decimalMark == 0x2C { dateOrder = .dayFirst }
    }

    /// Takes ¥ for the yuan in a document of Chinese signs without any of the kana that Japanese is never without.
    private mutating func readYenAsYuan() {
        guard let yen = CurrencySign.signs["¥"] else { return }
        var chinese = 0
        for scalar in rows.lazy.flatMap(\.words).flatMap(\.scalars) {
            if (0x3041...0x30FF).contains(scalar.value) { return }
            if FoldedLetters.isIdeograph(scalar.value) { chinese += 1 }
        }
        // A name or two may stand on a page of any language.
        guard chinese >= 8 else { return }
        readsYenAsYuan = true
        for row in rows.indices {
            for place in rows[row].amounts.indices where rows[row].amounts[place].currency == yen {
                rows[row].amounts[place].currency = meant(by: yen)
            }
        }
    }

    /// The currency that a sign stands for in this document.
    func meant(by sign: CurrencySign) -> CurrencySign {
        readsYenAsYuan && sign == CurrencySign.signs["¥"]
            ? CurrencySign(code: "CNY", certainty: 0.8) : sign
    }

    private mutating func decideCurrency() {
        var counts: [CurrencySign: (count: Int, evidence: Evidence)] = [:]
        func count(_ sign: CurrencySign, _ evidence: @autoclosure () -> Evidence, _ weight: Int) {
            if let known = counts[sign] {
                counts[sign] = (known.count + weight, known.evidence)
            } else {
                counts[sign] = (weight, evidence())
            }
        }
        // `S` is misread as `$` now and then: one that stands alone, or at a count, says nothing.
        var loose: [CurrencySign: [Evidence]] = [:]
        for row in rows {
            for amount in row.amounts {
                guard let sign = amount.currency else { continue }
                let evidence = row.evidence(of: amount.words)
                if sign.isMisreadLetter, usesDecimals, amount.places == 0 {
                    loose[sign, default: []].append(evidence)
                } else {
                    count(sign, evidence, 2)
                }
            }
            for (index, word) in row.words.enumerated()
            where word.scalars.count <= CurrencySign.longest {
                guard let sign = WordNumber.currency(trimming: word.scalars[...]),
                    sign.certainty > 0.5
                else { continue }
                let evidence = row.evidence(of: index..<(index + 1))
                if sign.isMisreadLetter, word.scalars.count <= 3 {
                    loose[sign, default: []].append(evidence)
                } else {
                    count(sign, evidence, 1)
                }
            }
        }
        for (sign, places) in loose where places.count >= 3 || counts[sign] != nil {
            for place in places { count(sign, place, 1) }
        }
        let best = counts.max { left, right in
            let a = Double(left.value.count) * left.key.certainty
            let b = Double(right.value.count) * right.key.certainty
            return (a, right.key.code) < (b, left.key.code)
        }
        guard let best else { return }
        currency = (best.key, best.value.evidence)
    }
}
