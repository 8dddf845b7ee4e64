import Records

/// Values at the places that a form's rule names.
struct FormValues {
    let forms: FormReading
    let match: FormMatch
    let rule: FormRule
    let field: FieldDefinition

    /// What the rule found, and what it lacked.
    struct Outcome {
        /// The values, the meant one first.
        var proposals: [Proposal] = []
        /// Why there is none, for a person.
        var missing: String?
    }

    /// One value with the words that it stands in.
    struct Found {
        var proposal: Proposal
        var row: Int
        var isInexact = false
    }

    var reading: DocumentReading { forms.reading }

    /// Most values of one rule: a form is filled in once.
    private static let most = 40

    /// Looks where the rule says.
    func outcome() -> Outcome {
        if let content = rule.content { return Outcome(proposals: [constant(content)]) }
        let scope =
            rule.region.map { FormScope($0, signedPage: match.page, in: forms) }
            ?? FormScope(all: reading.rows)
        guard !scope.rows.isEmpty else {
            return Outcome(missing: scope.missing ?? "the region has no words")
        }
        if case .list(let columns) = field.type { return list(columns, in: scope) }
        var found: [Found]
        var missing = "nothing there is \(Self.wording(field.type))"
        if rule.near.isEmpty {
            found = values(in: scope)
            if rule.pattern != nil { missing = "nothing there matches the pattern" }
        } else {
            let keys = forms.keys(rule.near, in: scope)
            guard !keys.isEmpty else {
                return Outcome(
                    missing: rule.near.map { "“\($0)”" }.joined(separator: " or ") + " not found"
                )
            }
            found = keys.flatMap { values(beside: $0.key, in: $0.row, scope) }
            if rule.pattern != nil { missing = "nothing beside the words matches the pattern" }
        }
        guard !found.isEmpty else { return Outcome(missing: missing) }
        return Outcome(proposals: ranked(found))
    }

    private static func wording(_ type: FieldType) -> String {
        switch type {
        case .text: "a text"
        case .date: "a day"
        case .money: "an amount"
        case .currency: "a currency"
        case .number: "a number"
        case .identifier: "a code"
        case .label: "one of the labels"
        case .list: "a row with an amount"
        }
    }

    // MARK: Kinds of rule

    private func constant(_ content: FieldContent) -> Proposal {
        let read = match.evidence.isEmpty ? 1 : certaintyOfSigns
        return Proposal(
            content: content,
            printed: content.plain,
            confidence: 0.97 * match.certainty * Proposals.readable(read),
            evidence: match.evidence,
            reason: "form \(match.form.name): always so"
        )
    }

    /// How sure the reader was of the words by which the form was known.
    private var certaintyOfSigns: Double {
        let boxes = match.evidence
        var sum = 0.0
        var count = 0.0
        for row in reading.rows where row.page == match.page {
            for word in row.words where boxes.contains(where: { $0.box.holds(word.box) }) {
                sum += word.confidence * Double(word.scalars.count)
                count += Double(word.scalars.count)
            }
        }
        return count > 0 ? sum / count : 1
    }

    private func list(_ columns: [ListColumn], in scope: FormScope) -> Outcome {
        let part = DocumentReading(scope.pages(of: forms))
        let proposals = ItemFinder(reading: part, roles: AmountRoles(part), isCutToRows: true)
            .proposals(columns: columns)
        guard !proposals.isEmpty else {
            return Outcome(missing: "nothing there is \(Self.wording(field.type))")
        }
        return Outcome(
            proposals: proposals.map { proposal in
                var proposal = proposal
                // What the rest of the page says of the currency holds here too.
                proposal.content = proposal.content.priced(in: reading.likelyCurrency)
                proposal.reason = "form \(match.form.name): \(proposal.reason), in the region"
                return proposal
            }
        )
    }

    private func values(in scope: FormScope) -> [Found] {
        let place = rule.region == nil ? "" : "in the region"
        if let pattern = rule.pattern {
            return matches(of: pattern, in: scope.rows).map {
                found(
                    $0,
                    strength: 0.92,
                    reason: "matches the pattern" + (place.isEmpty ? "" : ", " + place)
                )
            }
        }
        if case .text = field.type {
            return text(scope.rows.prefix(rule.lines ?? 50).map { $0 }, strength: 0.88, place)
        }
        return scope.rows.prefix(rule.lines ?? .max).flatMap {
            typed($0, strength: 0.88, reason: place)
        }
    }

    /// What stands beside one key: on the side that the rule names, else to its right or below it.
    private func values(beside key: RowKey, in index: Int, _ scope: FormScope) -> [Found] {
        let places = FormPlaces(rows: reading.rows, scope: scope)
        for place in rule.place.map({ [$0] }) ?? [.right, .below] {
            let isRight = place == .right
            let strength = (isRight ? 0.94 : 0.9) * (key.isInexact ? 0.92 : 1)
            let side = isRight || place == .left ? "\(place.rawValue) of" : place.rawValue
            let reason = "\(side) “\(key.printed)”"
            let pieces = places.pieces(place, of: key, in: index, lines: rule.lines)
            var found: [Found]
            if let pattern = rule.pattern {
                found = matches(of: pattern, in: pieces).map {
                    self.found(
                        $0,
                        strength: strength,
                        reason: "matches the pattern, \(reason)"
                    )
                }
            } else if case .text = field.type {
                found = besideText(pieces, place, strength: strength, reason)
            } else {
                found = nearest(pieces, place, strength: strength, reason)
            }
            guard !found.isEmpty else { continue }
            for index in found.indices { found[index].isInexact = key.isInexact }
            return found
        }
        return []
    }

    /// The values of the nearest piece that has any, the nearest to the key first.
    private func nearest(
        _ pieces: [FormPlaces.Piece],
        _ place: FormRule.Place,
        strength: Double,
        _ reason: String
    ) -> [Found] {
        for piece in pieces {
            var found: [Found] = []
            if place == .right {
                // Up to the next key word, where "TOTAL 12.00 CASH 20.00" stands in one line.
                let end = nextKey(from: piece.words, in: piece.row)
                found = typed(
                    (piece.row, piece.words.lowerBound..<end),
                    strength: strength,
                    reason: reason
                )
                // Of several the last is meant: a rate or a count stands before the sum.
                if case .money = field.type { found.reverse() }
            }
            if found.isEmpty { found = typed(piece, strength: strength, reason: reason) }
            if place == .left { found.reverse() }
            if !found.isEmpty { return found }
        }
        return []
    }

    private func nextKey(from words: Range<Int>, in row: Int) -> Int {
        let next = reading.rows[row].keys.first {
            $0.words.lowerBound > words.lowerBound && $0.concept != .currency
                && reading.rows[row].words[$0.words.lowerBound].digitCount == 0
        }
        return min(words.upperBound, next?.words.lowerBound ?? words.upperBound)
    }

    private func besideText(
        _ pieces: [FormPlaces.Piece],
        _ place: FormRule.Place,
        strength: Double,
        _ reason: String
    ) -> [Found] {
        let kept = pieces.prefix(rule.lines ?? 1).map { piece -> FormPlaces.Piece in
            let row = reading.rows[piece.row]
            var words = piece.words
            if place == .left {
                var first = words.upperBound - 1
                while first > words.lowerBound, !row.isColumnGap(before: first) { first -= 1 }
                words = first..<words.upperBound
            } else if place == .right {
                while let first = words.first,
                    row.words[first].letterCount + row.words[first].digitCount == 0,
                    words.count > 1
                { words.removeFirst() }
                var end = words.lowerBound + 1
                while end < words.upperBound, !row.isColumnGap(before: end) { end += 1 }
                words = words.lowerBound..<end
            }
            return (piece.row, words)
        }
        return text(place == .above ? kept.reversed() : kept, strength: strength, reason)
    }

    // MARK: Order

    /// The values with the meant one first, each less sure than the one before.
    private func ranked(_ found: [Found]) -> [Proposal] {
        var found = Array(found.prefix(Self.most))
        switch rule.take {
        case .first: found.sort { $0.isBefore($1) }
        case .last: found.sort { $1.isBefore($0) }
        case nil:
            // Words as they are printed before words with a letter misread; else the order of the page.
            found = found.filter { !$0.isInexact } + found.filter(\.isInexact)
        }
        let contents = Set(found.map(\.proposal.content))
        // Several values at a place that the rule does not decide between are doubtful.
        let isOpen = rule.take == nil && rule.near.isEmpty && contents.count > 1
        var proposals: [Proposal] = []
        var factor = isOpen ? 0.8 : 1
        var last: [Evidence]?
        for var value in found {
            // Both readings of one printed day are equally likely.
            if let last, last != value.proposal.evidence { factor *= 0.75 }
            last = value.proposal.evidence
            value.proposal.confidence *= factor * match.certainty
            value.proposal.reason = "form \(match.form.name): \(value.proposal.reason)"
            proposals.append(value.proposal)
        }
        return proposals
    }
}

extension FormValues.Found {
    /// Whether it stands before another in reading order.
    func isBefore(_ other: Self) -> Bool {
        (row, proposal.evidence.first?.box.x ?? 0)
            < (other.row, other.proposal.evidence.first?.box.x ?? 0)
    }
}
