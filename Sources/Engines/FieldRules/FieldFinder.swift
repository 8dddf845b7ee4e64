public import Records

/// Finds values of fields in what was read from a document: words, boxes, key words, and what agrees.
///
/// Pure and linear in the count of words; the same pages give the same candidates.
public struct FieldFinder: Sendable {
    let reading: DocumentReading
    let forms: FormReading
    let roles: AmountRoles
    let certainty: ReadingCertainty

    /// Reads a document's pages once for all fields.
    ///
    /// - Parameters:
    ///   - pages: the text of all pages.
    ///   - forms: the user's own forms; what they find comes first.
    public init(pages: [PageText], forms: [Form] = []) {
        reading = DocumentReading(pages)
        self.forms = FormReading(reading, pages: pages, forms: forms)
        roles = AmountRoles(reading)
        certainty = ReadingCertainty(pages)
    }

    /// The candidates for one field, the likeliest first; at most five, twins of a day that can be read two ways as one.
    ///
    /// - Parameters:
    ///   - field: the field.
    ///   - pages: the text of all pages.
    /// - Returns: the candidates, each with its reason; none when nothing on the pages fits, or the
    ///   field's pattern cannot be used (see ``patternFault(of:)``).
    public static func candidates(for field: FieldDefinition, in pages: [PageText]) -> [Candidate] {
        FieldFinder(pages: pages).candidates(for: field)
    }

    /// What is wrong with a field's `pattern:`, in words, or nil.
    public static func patternFault(of field: FieldDefinition) -> String? {
        guard let pattern = field.pattern else { return nil }
        do {
            _ = try PatternFinder(pattern)
            return nil
        } catch {
            return switch error {
            case .invalid(_, let detail): "is not a regular expression: \(detail)"
            case .nestedRepetition:
                "repeats a group that repeats inside, which can take forever; repeat only one of them"
            }
        }
    }

    /// The candidates for one field, the likeliest first.
    public func candidates(for field: FieldDefinition) -> [Candidate] {
        withForms(field, known: knownCandidates).candidates
    }

    /// What the built-in rules and the field's own key words and pattern find.
    func knownCandidates(for field: FieldDefinition) -> [Candidate] {
        Proposals(proposals(for: field).compactMap { fitted($0, to: field.type) }).candidates(
            field: field.name,
            kind: ValueKind(field),
            certainty: certainty,
            calibration: .fitted
        )
    }

    func proposals(for field: FieldDefinition) -> [Proposal] {
        let meaning = FieldMeaning.of(field.name)
        if let pattern = field.pattern {
            guard let finder = try? PatternFinder(pattern) else { return [] }
            return patternProposals(finder, field, meaning)
        }
        let own = ownKeys(field, meaning)
        var proposals = byType(field, meaning, keys: own, isOwn: true)
        // A pipeline's own key word outranks what the rules know.
        if !proposals.isEmpty, !field.near.isEmpty {
            for index in proposals.indices {
                proposals[index].confidence = min(0.97, proposals[index].confidence * 1.06)
            }
        }
        let builtIn = builtInKeys(meaning)
        var known = byType(field, meaning, keys: builtIn, isOwn: false)
        if !field.near.isEmpty, !proposals.isEmpty {
            for index in known.indices { known[index].confidence *= 0.6 }
        }
        return proposals + known
    }

    // MARK: Key words

    /// Keys of the field's `near:`, and of its name where the rules know no words for it.
    private func ownKeys(_ field: FieldDefinition, _ meaning: FieldMeaning) -> [Int: [RowKey]] {
        var matcher = KeyMatcher<Int>()
        for phrase in field.near { matcher.add(phrase, meaning: 0) }
        if field.near.isEmpty, meaning.concepts.isEmpty, meaning.kind == .keyed {
            matcher.add(field.name, meaning: 0)
        } else if field.near.isEmpty {
            return [:]
        }
        var keys: [Int: [RowKey]] = [:]
        for (index, row) in reading.rows.enumerated() {
            let letters = RowLetters(row.words)
            let found = matcher.matches(in: letters)
            guard !found.isEmpty else { continue }
            keys[index] = found.map {
                DocumentReading.rowKey(
                    $0.letters,
                    in: row,
                    letters: letters,
                    concept: meaning.concepts.first ?? .product,
                    isInexact: $0.isInexact
                )
            }
        }
        return keys
    }

    private func builtInKeys(_ meaning: FieldMeaning) -> [Int: [RowKey]] {
        var keys: [Int: [RowKey]] = [:]
        for concept in meaning.concepts {
            for index in reading.keyRows[concept] ?? [] where keys[index] == nil {
                keys[index] = reading.rows[index].keys.filter {
                    meaning.concepts.contains($0.concept)
                }
            }
        }
        return keys
    }

    // MARK: Rules by type

    private func byType(
        _ field: FieldDefinition,
        _ meaning: FieldMeaning,
        keys: [Int: [RowKey]],
        isOwn: Bool
    ) -> [Proposal] {
        let keyed = KeyedValues(reading: reading)
        let codes = CodeFinder(reading: reading)
        switch field.type {
        case .money: return amounts(meaning, keys: keys, isOwn: isOwn, asMoney: true)
        case .number:
            if meaning.kind == .items { return [] }
            return amounts(meaning, keys: keys, isOwn: isOwn, asMoney: false)
        case .date(let order):
            if isOwn, keys.isEmpty { return [] }
            let held =
                !isOwn && meaning.concepts.contains(.bestBefore)
                ? SymbolValues(reading: reading).bestBeforeDays() : []
            return held
                + DateFinder(reading: reading).proposals(
                    keys: keys,
                    isDocumentDate: !isOwn && meaning.kind == .documentDate,
                    order: order
                )
        case .currency: return isOwn ? [] : currencies()
        case .identifier:
            switch meaning.kind {
            case .iban:
                return isOwn
                    ? codes.proposals(keys: keys)
                    : codes.ibans() + NumberedParty(reading: reading).repairedIBANs()
            case .vatNumber:
                return isOwn
                    ? codes.proposals(keys: keys)
                    : NumberedParty(reading: reading).vatNumbers(keys: keys)
            case .barcode:
                return isOwn
                    ? codes.proposals(keys: keys)
                    : SymbolValues(reading: reading).barcodes() + codes.barcodes()
                        + codes.proposals(keys: keys)
            case .tracking:
                return isOwn
                    ? codes.proposals(keys: keys)
                    : SymbolValues(reading: reading).trackingNumbers()
                        + codes.trackingNumbers(keys: keys)
            default:
                let held =
                    !isOwn && meaning.concepts.contains(.lot)
                    ? SymbolValues(reading: reading).lots() : []
                return held + codes.proposals(keys: keys)
            }
        case .label(let labels): return keyed.labels(labels, keys: keys)
        case .list(let columns):
            return isOwn
                ? [] : ItemFinder(reading: reading, roles: roles).proposals(columns: columns)
        case .text: return texts(meaning, keys: keys, isOwn: isOwn)
        }
    }

    private func amounts(_ meaning: FieldMeaning, keys: [Int: [RowKey]], isOwn: Bool, asMoney: Bool)
        -> [Proposal]
    {
        let keyed = KeyedValues(reading: reading)
        guard !isOwn else { return keyed.amounts(keys: keys, asMoney: asMoney) }
        switch meaning.kind {
        case .total: return TotalFinder(reading, roles: roles).proposals()
        case .price:
            let named = keyed.amounts(keys: keys, asMoney: asMoney)
            return ShelfLabel(reading: reading).prices() + named
        case .nutrition(let nutrient):
            return NutritionFinder(reading: reading).proposals(for: nutrient)
        case .unitPrice:
            return ShelfLabel(reading: reading).unitPrices()
                + keyed.amounts(keys: keys, asMoney: asMoney)
        default:
            let table = meaning.concepts.contains(.tax) ? TaxTable(reading).proposals(reading) : []
            let named = meaning.concepts.flatMap { roles.of($0) }
            guard !named.isEmpty else {
                return table + keyed.amounts(keys: keys, asMoney: asMoney)
            }
            return table
                + named.map { mention in
                    let row = reading.rows[mention.row]
                    let strength =
                        (mention.relation == .right ? 0.82 : 0.66)
                        * (mention.key.isInexact ? 0.88 : 1)
                        * (mention.amount.isMoneyLike ? 1 : 0.6)
                    return keyed.proposal(
                        mention.amount,
                        row,
                        strength,
                        "\(mention.relation.rawValue) “\(mention.key.printed)”",
                        asMoney: asMoney,
                        key: mention.key
                    )
                }
        }
    }

    private func texts(_ meaning: FieldMeaning, keys: [Int: [RowKey]], isOwn: Bool) -> [Proposal] {
        let keyed = KeyedValues(reading: reading)
        guard !isOwn else { return keyed.texts(keys: keys) }
        switch meaning.kind {
        case .merchant: return MerchantFinder(reading: reading).proposals()
        case .merchantAddress:
            return AddressFinder(
                reading: reading,
                merchant: MerchantFinder(reading: reading).likeliest()
            ).proposals()
        case .product: return ShelfProduct(reading: reading).proposals()
        case .barcode:
            return SymbolValues(reading: reading).barcodes()
                + CodeFinder(reading: reading).barcodes()
        case .tracking:
            return SymbolValues(reading: reading).trackingNumbers()
                + CodeFinder(reading: reading).trackingNumbers(keys: keys)
        case .nutrition: return amounts(meaning, keys: keys, isOwn: false, asMoney: false)
        case .iban:
            return CodeFinder(reading: reading).ibans()
                + NumberedParty(reading: reading).repairedIBANs()
        case .vatNumber: return NumberedParty(reading: reading).vatNumbers(keys: keys)
        case .total: return TotalFinder(reading, roles: roles).proposals()
        case .currency: return currencies()
        case .documentDate:
            return DateFinder(reading: reading).proposals(
                keys: keys,
                isDocumentDate: true,
                order: nil
            )
        case .time: return TimeFinder(reading: reading).proposals()
        case .items: return []
        case .price, .unitPrice: return amounts(meaning, keys: keys, isOwn: false, asMoney: true)
        case .keyed:
            if meaning.concepts.contains(.email) { return keyed.addresses(isMail: true) }
            if meaning.concepts.contains(.website) { return keyed.addresses(isMail: false) }
            return keyed.texts(keys: keys)
        }
    }

    private func currencies() -> [Proposal] {
        guard let (sign, evidence) = reading.currency else { return [] }
        return [
            Proposal(
                content: .currency(sign.code),
                printed: evidence.words,
                confidence: sign.certainty,
                evidence: [evidence],
                reason: sign.certainty < 0.7
                    ? "the sign beside amounts, which several currencies share"
                    : "the sign or code beside amounts",
                agreements: reading.count(of: sign) - 1
            )
        ]
    }

    private func patternProposals(
        _ finder: PatternFinder,
        _ field: FieldDefinition,
        _ meaning: FieldMeaning
    ) -> [Proposal] {
        let keys = field.near.isEmpty ? builtInKeys(meaning) : ownKeys(field, meaning)
        return finder.matches(in: reading, keys: keys).map { match in
            let row = reading.rows[match.row]
            let strength = match.key != nil ? 0.93 : (field.near.isEmpty ? 0.8 : 0.45)
            let reason =
                "matches the field's pattern" + (match.key.map { ", beside “\($0.printed)”" } ?? "")
            return Proposal(
                content: .text(match.text),
                printed: match.text,
                confidence: strength * Proposals.readable(row.confidence(of: match.words)),
                evidence: [row.evidence(of: match.words)],
                reason: reason,
                key: Proposal.KeyMatch(match.key)
            )
        }
    }

    // MARK: Fitting to the type

    /// A proposal's content in the field's type; nil when it cannot be that.
    func fitted(_ proposal: Proposal, to type: FieldType) -> Proposal? {
        var proposal = proposal
        switch (type, proposal.content) {
        case (.money, .money(let money)):
            proposal.content = .money(
                Money(amount: money.amount, currency: currency(printed: proposal.printed))
            )
        case (.money, .text(let text)):
            guard let amount = ContentReader.amount(text, like: reading) else { return nil }
            proposal.content = .money(
                Money(
                    amount: amount.value,
                    currency: amount.currency?.code ?? reading.likelyCurrency
                )
            )
        case (.number, .money(let money)): proposal.content = .number(money.amount)
        case (.number, .text(let text)):
            guard let amount = ContentReader.amount(text, like: reading) else { return nil }
            proposal.content = .number(amount.value)
        case (.date(let order), .text(let text)):
            guard
                let reading = ContentReader.date(
                    text,
                    order: order ?? reading.dateOrder ?? reading.dateCustom
                )
            else {
                return nil
            }
            proposal.content = .date(reading.date)
            proposal.assumedOrder = reading.assumedOrder
        case (.identifier, .text(let text)):
            proposal.content = .identifier(CodeFinder.trimmed(text))
        case (.currency, .text(let text)):
            guard let sign = WordNumber.currency(trimming: Array(text.unicodeScalars)[...]) else {
                return nil
            }
            proposal.content = .currency(sign.code)
        case (.label(let labels), .text(let text)):
            let wanted = FoldedLetters.comparable(text)
            guard let label = labels.first(where: { FoldedLetters.comparable($0) == wanted }) else {
                return nil
            }
            proposal.content = .label(label)
        case (.text, .identifier(let text)): proposal.content = .text(text)
        case (.text, .date), (.text, .money), (.text, .currency):
            if case .currency(let code) = proposal.content {
                proposal.content = .text(code)
            } else {
                proposal.content = .text(proposal.printed)
            }
            proposal.assumedOrder = nil
        default: break
        }
        return proposal
    }

    private func currency(printed: String) -> String? {
        ContentReader.amount(printed, like: reading)?.currency.map(reading.meant)?.code
            ?? reading.likelyCurrency
    }
}

extension DocumentReading {
    /// How often a currency's sign or code is printed, three times at most: one that stands alone may be misread.
    fileprivate func count(of sign: CurrencySign) -> Int {
        var count = 0
        for row in rows where count < 3 {
            let amounts = row.amounts.filter { $0.currency?.code == sign.code }
            // A sign set apart from its amount belongs to it all the same.
            let taken = Set(amounts.flatMap(\.words))
            count += amounts.count
            count += row.words.indices.count { index in
                let word = row.words[index]
                return !taken.contains(index) && word.scalars.count <= CurrencySign.longest
                    && WordNumber.currency(trimming: word.scalars[...])?.code == sign.code
            }
        }
        return min(3, count)
    }

    /// The document's currency where its sign says enough.
    var likelyCurrency: String? {
        currency.flatMap { $0.sign.certainty >= 0.5 ? $0.sign.code : nil }
    }
}
