import Records

/// A document as forms see it: its rows, the letters of each, and which forms it is of.
struct FormReading: Sendable {
    /// The document.
    let reading: DocumentReading
    /// The pages as they were read.
    let pages: [PageText]
    /// What became of each form, in the order of the file.
    private(set) var outcomes: [FormOutcome] = []
    /// The forms that the document is of, the one that says most first.
    private(set) var matches: [FormMatch] = []
    private let letters: [RowLetters]
    /// Whether wrong letters are looked past: not in books, where it would take long.
    private let isForgiving: Bool

    /// Rows times phrases beyond which words are only found as they are printed.
    private static let forgivenWork = 60_000

    /// Holds a document against forms.
    init(_ reading: DocumentReading, pages: [PageText], forms: [Form]) {
        self.reading = reading
        self.pages = pages
        guard !forms.isEmpty else {
            letters = []
            isForgiving = false
            return
        }
        letters = reading.rows.map { RowLetters($0.words) }
        let phrases = forms.reduce(0) { $0 + $1.signs.words.count + $1.signs.any.count }
        isForgiving = reading.rows.count * max(1, phrases) <= Self.forgivenWork
        for form in forms {
            let outcome = outcome(of: form)
            outcomes.append(outcome)
            if let match = outcome.match { matches.append(match) }
        }
        matches = matches.enumerated().sorted {
            ($1.element.words, $1.element.letters, $0.offset)
                < ($0.element.words, $0.element.letters, $1.offset)
        }.map(\.element)
    }

    /// The rule that decides a field: of the forms that the document is of, the first with one.
    func rule(for field: String) -> (match: FormMatch, rule: FormRule)? {
        for match in matches {
            if let rule = match.form.rules.first(where: { $0.field == field }) {
                return (match, rule)
            }
        }
        return nil
    }

    /// The places of some words as keys, by row.
    ///
    /// - Parameters:
    ///   - words: what to look for.
    ///   - scope: the rows and the words in them that are looked at.
    /// - Returns: the keys of each row from left to right.
    func keys(_ words: [String], in scope: FormScope) -> [(row: Int, key: RowKey)] {
        let phrases = words.map { FormPhrase($0) }
        var keys: [(row: Int, key: RowKey)] = []
        for (index, range) in scope.rows {
            var found: [RowKey] = []
            for phrase in phrases {
                for match in phrase.matches(in: letters[index], isForgiving: isForgiving) {
                    let key = DocumentReading.rowKey(
                        match.letters,
                        in: reading.rows[index],
                        letters: letters[index],
                        concept: .heading,
                        isInexact: match.isInexact
                    )
                    // Of two phrases at one place the longer is meant.
                    if let other = found.firstIndex(where: { $0.words.overlaps(key.words) }) {
                        if found[other].length < key.length { found[other] = key }
                    } else if range.contains(key.words.lowerBound) {
                        found.append(key)
                    }
                }
            }
            found.sort { $0.words.lowerBound < $1.words.lowerBound }
            keys += found.map { (index, $0) }
            if keys.count > 200 { break }
        }
        return keys
    }

    // MARK: Which form

    private func outcome(of form: Form) -> FormOutcome {
        var nearest = FormOutcome(form: form)
        for start in reading.pageStarts {
            let page = reading.rows[start].page
            let outcome = outcome(of: form, page: page, from: start)
            if outcome.match != nil { return outcome }
            if outcome.found.count > nearest.found.count || nearest.missing.isEmpty {
                nearest = outcome
            }
        }
        return nearest
    }

    private func outcome(of form: Form, page: Int, from start: Int) -> FormOutcome {
        var outcome = FormOutcome(form: form)
        var match = FormMatch(form: form, page: page)
        let scope = FormScope(rows: reading.rows, page: page, from: start)
        func take(_ word: String) -> Bool {
            guard let first = keys([word], in: scope).first else { return false }
            let phrase = FormPhrase(word)
            outcome.found.append(word)
            match.add(reading.rows[first.row], first.key, phrase)
            return true
        }
        for word in form.signs.words where !take(word) { outcome.missing.append(word) }
        // All are looked for, since the form with the most words on the page is the likeliest.
        let any = form.signs.any.filter { take($0) }
        if any.isEmpty, !form.signs.any.isEmpty {
            outcome.missing.append(form.signs.any.joined(separator: "” or “"))
        }
        if let pattern = form.signs.pattern {
            let found = (try? PatternFinder(pattern))?
                .matches(in: reading, keys: [:], rows: scope.rows.map(\.row))
            if let found = found?.first {
                outcome.found.append(found.text)
                match.add(reading.rows[found.row], words: found.words, count: 1)
            } else {
                outcome.missing.append("a line that matches \(pattern)")
            }
        }
        if outcome.missing.isEmpty { outcome.match = match }
        return outcome
    }
}

extension Box {
    /// Whether another lies inside it.
    func holds(_ other: Box) -> Bool {
        other.x >= x && other.y >= y && other.maxX <= maxX && other.maxY <= maxY
    }
}

/// What came of holding a document against one form.
struct FormOutcome: Sendable {
    let form: Form
    /// The signs that the page carries.
    var found: [String] = []
    /// The signs that it does not.
    var missing: [String] = []
    /// The match; nil where a sign is missing.
    var match: FormMatch?
}

/// A form that a document is of.
struct FormMatch: Sendable {
    let form: Form
    /// The page that carries its signs.
    let page: Int
    /// Where they are printed.
    private(set) var evidence: [Evidence] = []
    /// Count of printed words that belong to them.
    private(set) var words = 0
    /// Count of their letters.
    private(set) var letters = 0
    /// How sure it is that these are the signs, 0 to 1.
    private(set) var certainty = 1.0

    init(form: Form, page: Int) {
        self.form = form
        self.page = page
    }

    fileprivate mutating func add(_ row: PageRow, _ key: RowKey, _ phrase: FormPhrase) {
        add(row, words: key.words, count: phrase.wordCount)
        letters += phrase.letterCount
        if key.isInexact { certainty = min(certainty, 0.93) }
    }

    fileprivate mutating func add(_ row: PageRow, words range: Range<Int>, count: Int) {
        evidence.append(row.evidence(of: range))
        words += count
    }
}
