import FieldRules
import Records

/// Finds texts and codes among a document's letters.
struct TextPlaces {
    let letters: DocumentLetters

    /// Longest text that is looked for, in letters: the beginning of a longer one stands for it.
    private static let longest = 400
    /// Below this similarity a text is not on the page: what is left of it are letters that any page has.
    static let leastSimilarity = 0.6
    /// The most that a text with another digit is similar.
    private static let mostWithOtherDigit = 0.75
    /// Most places that are compared.
    private static let mostPlaces = 40

    /// The places of a text, the most similar first; those as similar as the first come in order of the page.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - isCode: Whether every sign counts: only look-alikes and unsure digits may differ then.
    /// - Returns: The places; none where it is not printed.
    func places(of text: String, isCode: Bool) -> [FoundPlace] {
        let plain = Array(
            text.unicodeScalars.lazy.flatMap(FoldedLetters.plain).prefix(Self.longest)
        )
        guard !plain.isEmpty else { return signs(text) }
        let wanted = plain.map(FoldedLetters.lookAlike)
        let whole = letters.places(of: wanted, atMost: Self.mostPlaces)
            .compactMap { sameLetters($0, plain, text, isCode: isCode) }
        if let best = whole.map(\.similarity).max(), best >= 0.95 { return Self.ordered(whole) }
        guard plain.count >= 4 else { return Self.ordered(whole) }
        let near = alike(plain, wanted, isCode: isCode)
        var found = Self.ordered(whole + near)
        if !isCode, (found.first?.similarity ?? 0) < 0.85, let scattered = scattered(text) {
            found = Self.ordered(found + [scattered])
        }
        return found.filter { $0.similarity >= Self.leastSimilarity }
    }

    private static func ordered(_ places: [FoundPlace]) -> [FoundPlace] {
        places.enumerated().sorted {
            (-$0.element.similarity, $0.offset) < (-$1.element.similarity, $1.offset)
        }.map(\.element)
    }

    /// A text without any letter, such as `***`: only as it is.
    private func signs(_ text: String) -> [FoundPlace] {
        (letters.signs[text] ?? []).prefix(Self.mostPlaces).map {
            place(words: $0..<($0 + 1), .exact, 1)
        }
    }

    // MARK: The same letters

    /// A place of equal letters, look-alikes joined.
    private func sameLetters(
        _ range: Range<Int>,
        _ plain: [UInt32],
        _ text: String,
        isCode: Bool
    ) -> FoundPlace? {
        let words = letters.words(of: range)
        let edges = [
            letters.begins[range.lowerBound]
                || touchesNothing(range.lowerBound - 1, range.lowerBound),
            letters.ends[range.upperBound - 1]
                || touchesNothing(range.upperBound, range.upperBound - 1),
        ]
        let loose = edges.count { !$0 }
        // 12 is not in 4123, nor Go in Good.
        if loose > 0 {
            let isCut =
                isInsideNumber(range.lowerBound - 1, range.lowerBound)
                || isInsideNumber(range.upperBound, range.upperBound - 1)
            guard !isCut, !isCode, plain.count >= 6 else { return nil }
        }
        let shapes = zip(plain, letters.plain[range]).count { $0 != $1 }
        var similarity = 1 - 0.5 * Double(shapes) / Double(plain.count) - 0.05 * Double(loose)
        var method = EvidenceMatch.Method.shapes
        if shapes == 0 {
            let read = letters.words[words].map(\.word.text).joined(separator: " ")
            method = Self.holds(read, text) ? .exact : .spelling
        } else if isCode {
            similarity = min(similarity, 0.95)
        }
        return place(words: words, method, similarity)
    }

    /// Whether a letter of another word, or none, stands beside.
    private func touchesNothing(_ neighbour: Int, _ edge: Int) -> Bool {
        guard letters.word.indices.contains(neighbour) else { return true }
        return letters.word[neighbour] != letters.word[edge]
    }

    /// Whether a range's edge cuts a run of digits in two.
    private func isInsideNumber(_ neighbour: Int, _ edge: Int) -> Bool {
        !touchesNothing(neighbour, edge) && LetterAlignment.isDigit(letters.plain[neighbour])
            && LetterAlignment.isDigit(letters.plain[edge])
    }

    /// Whether a text stands in what was read, sign by sign, words parted by any white space.
    private static func holds(_ read: String, _ text: String) -> Bool {
        let wanted = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return read == wanted || read.contains(wanted)
    }

    // MARK: Like letters

    private func alike(_ plain: [UInt32], _ wanted: [UInt32], isCode: Bool) -> [FoundPlace] {
        let slack = max(2, plain.count / 5)
        var found: [FoundPlace] = []
        for stretch in letters.stretches(like: wanted, slack: slack, atMost: 8) {
            guard let alignment = LetterAlignment(plain, in: letters.plain, stretch: stretch),
                let place = place(alignment, plain, isCode: isCode),
                !found.contains(where: { $0.evidence == place.evidence })
            else { continue }
            found.append(place)
        }
        guard let best = found.map(\.similarity).max() else { return [] }
        // The rest shares words with the text, as a page's lines do.
        return found.filter { $0.similarity >= best - 0.02 }
    }

    private func place(
        _ alignment: LetterAlignment,
        _ plain: [UInt32],
        isCode: Bool
    ) -> FoundPlace? {
        let range = alignment.range
        let words = letters.words(of: range)
        // Letters of the first and the last word that the text has not.
        var loose = 0
        var index = range.lowerBound
        while index > 0, !letters.begins[index], letters.word[index - 1] == letters.word[index] {
            loose += 1
            index -= 1
        }
        index = range.upperBound - 1
        while index + 1 < letters.word.count, !letters.ends[index],
            letters.word[index + 1] == letters.word[index]
        {
            loose += 1
            index += 1
        }
        let doubtful = alignment.digits.filter { isUnsure($0) }
        let wrong = alignment.digits.count - doubtful.count
        let length = Double(max(plain.count, range.count) + loose)
        var similarity = 1 - (Double(alignment.cost) / 2 + Double(loose)) / length
        if isCode {
            // Every sign of a code counts.
            guard wrong == 0, loose == 0, range.count == plain.count,
                doubtful.count <= max(1, plain.count / 8), alignment.cost <= plain.count / 3
            else { return nil }
        }
        // A house number with another digit is another house, however long the street's name.
        if wrong > 0 { similarity = min(similarity, Self.mostWithOtherDigit) }
        if !doubtful.isEmpty { similarity = min(similarity, 0.85) }
        guard similarity >= Self.leastSimilarity else { return nil }
        let isShapes = alignment.cost <= plain.count / 4 && wrong == 0
        var place = place(words: words, isShapes ? .shapes : .part, similarity)
        place.hasDoubtfulDigit = !doubtful.isEmpty
        return place
    }

    /// Whether a digit that differs may be the reader's mistake.
    private func isUnsure(_ digit: (wanted: UInt32?, read: UInt32?, at: Int)) -> Bool {
        guard let wanted = digit.wanted, let read = digit.read else { return false }
        if LetterAlignment.isDigit(wanted), LetterAlignment.isDigit(read) {
            let word = letters.word[digit.at]
            return word >= 0 && letters.words[Int(word)].certainty < DigitShapes.unsure
                && DigitShapes.areAlike(wanted, read)
        }
        // A letter among digits is a digit misread, where it looks like it.
        return FoldedLetters.lookAlike(wanted) == FoldedLetters.lookAlike(read)
            || LetterShapes.cost(FoldedLetters.lookAlike(wanted), FoldedLetters.lookAlike(read))
                == 1
    }

    // MARK: Words here and there

    /// The lines that hold the most words of a text, where they stand apart: a name above, a branch beside.
    private func scattered(_ text: String) -> FoundPlace? {
        let words = FoldedLetters.words(text).prefix(60).filter { word in
            word.unicodeScalars.count > 1
                || word.unicodeScalars.allSatisfy { FoldedLetters.isIdeograph($0.value) }
                || word.allSatisfy(\.isNumber)
        }
        let tokens = words.map { FoldedLetters.comparable($0) }
        let numbers = Set(words.indices.filter { words[$0].contains(where: \.isNumber) })
        let total = tokens.reduce(0) { $0 + $1.count }
        guard tokens.count >= 2, total > 0 else { return nil }
        var hits: [(token: Int, word: Int)] = []
        for (token, value) in tokens.enumerated() {
            for range in letters.places(of: value, atMost: Self.mostPlaces)
            where letters.begins[range.lowerBound] && letters.ends[range.upperBound - 1] {
                hits.append((token, Int(letters.word[range.lowerBound])))
            }
        }
        hits.sort { ($0.word, $0.token) < ($1.word, $1.token) }
        let reach = 3 * tokens.count + 6
        var best: (weight: Int, words: [Int], tokens: Set<Int>) = (0, [], [])
        for (start, first) in hits.enumerated() {
            var seen: Set<Int> = []
            var words: [Int] = []
            var weight = 0
            for hit in hits[start...] {
                guard hit.word - first.word <= reach,
                    letters.words[hit.word].page == letters.words[first.word].page
                else { break }
                guard seen.insert(hit.token).inserted else { continue }
                weight += tokens[hit.token].count
                if words.last != hit.word { words.append(hit.word) }
            }
            if weight > best.weight { best = (weight, words, seen) }
        }
        var similarity = min(0.9, 0.95 * Double(best.weight) / Double(total))
        let lacksNumber = tokens.indices.contains { token in
            !best.tokens.contains(token) && numbers.contains(token)
        }
        if lacksNumber { similarity = min(similarity, Self.mostWithOtherDigit) }
        guard best.words.count >= 2, similarity >= Self.leastSimilarity else { return nil }
        let certainty = letters.certainty(of: best.words)
        return FoundPlace(
            evidence: letters.evidence(of: best.words),
            method: .part,
            similarity: similarity,
            certainty: certainty.mean,
            leastCertainty: certainty.least
        )
    }

    private func place(
        words: Range<Int>,
        _ method: EvidenceMatch.Method,
        _ similarity: Double
    ) -> FoundPlace {
        let certainty = letters.certainty(of: words)
        return FoundPlace(
            evidence: letters.evidence(of: words),
            method: method,
            similarity: similarity,
            certainty: certainty.mean,
            leastCertainty: certainty.least
        )
    }
}
