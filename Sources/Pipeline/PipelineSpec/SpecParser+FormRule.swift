import Records

extension SpecParser {
    /// `FIELD: {near: [WORDS], place: right}` of a form.
    mutating func rule(_ node: SpecNode, for field: FieldDefinition, _ form: String) -> FormRule? {
        let owner = "`\(field.name)` of \(form)"
        if case .scalar(let text, _) = node.content, !node.isNothing {
            report(
                .wrongShape(
                    of: owner,
                    found: "one word",
                    expected: "`{is: \(text)}` or `{near: [WORDS]}`"
                ),
                at: node
            )
            return nil
        }
        guard let keys = mapping(node, owner, keys: PipelineKeys.formField) else { return nil }
        if keys.isEmpty {
            reportShape(node, of: owner, expected: "one of is, near, pattern, region, order")
        }
        refuseStrayKeys(keys, field, owner)
        var rule = FormRule(field: field.name)
        if let node = keys["is"] {
            rule.content = content(node, of: field)
            // What a value always is needs no place; a fault in it is told once.
            return rule.content == nil ? nil : rule
        }
        if let node = keys["near"] { rule.near = phrases(node, "`near`") }
        rule.place = keys["place"].flatMap { word($0, "`place`", as: FormRule.Place.self) }
        rule.pattern = keys["pattern"].flatMap { pattern($0) }
        rule.region = keys["region"].flatMap { region($0) }
        rule.lines = keys["lines"].flatMap {
            quantity(
                $0,
                "`lines`",
                in: 1...50,
                expected: "a count of lines from 1 to 50",
                read: Quantity.whole
            )
        }
        rule.take = keys["take"].flatMap { word($0, "`take`", as: FormRule.Choice.self) }
        rule.order = keys["order"].flatMap { word($0, "`order`", as: DateOrder.self) }
        return rule
    }

    /// Reports keys that say nothing beside the others, or for a field of this type.
    private mutating func refuseStrayKeys(
        _ keys: [String: SpecNode],
        _ field: FieldDefinition,
        _ owner: String
    ) {
        func misplaced(_ key: String, _ why: String, _ expected: String) -> SpecProblem {
            .misplaced(key, why: why, expected: expected)
        }
        if keys["is"] != nil {
            for key in PipelineKeys.formField.dropFirst() {
                guard let node = keys[key] else { continue }
                report(
                    misplaced(
                        key,
                        "says nothing beside `is`",
                        "`is` alone, or `\(key)` without it"
                    ),
                    at: node
                )
            }
            return
        }
        if let node = keys["place"], keys["near"] == nil {
            report(misplaced("place", "says nothing without `near`", "near: [WORDS]"), at: node)
        }
        let hasPlace = keys["near"] != nil || keys["region"] != nil
        if let node = keys["lines"], !hasPlace {
            report(
                misplaced("lines", "says nothing without `near` or `region`", "near: [WORDS]"),
                at: node
            )
        }
        if let node = keys["take"], !hasPlace, keys["pattern"] == nil {
            report(
                misplaced(
                    "take",
                    "says nothing without `near`, `pattern` or `region`",
                    "near: [WORDS]"
                ),
                at: node
            )
        }
        if let node = keys["order"], field.type.name != "date" {
            report(
                misplaced("order", "does not go with type \(field.type.name)", "type: date"),
                at: node
            )
        }
        guard case .list = field.type else { return }
        for key in PipelineKeys.formField where key != "region" && key != "is" {
            guard let node = keys[key] else { continue }
            report(
                misplaced(key, "does not go with type list", "`region`, the part with its rows"),
                at: node
            )
        }
    }

    // MARK: is

    /// What a field always holds, in the field's type.
    private mutating func content(_ node: SpecNode, of field: FieldDefinition) -> FieldContent? {
        let expected =
            switch field.type {
            case .text, .identifier: "text on one line, at most 500 signs"
            case .date: "a day such as 2025-03-31"
            case .money: "an amount such as 4.50 or 4.50 EUR"
            case .currency: "a currency's code such as EUR"
            case .number: "a number such as 1.5"
            case .label(let labels): "one of " + labels.joined(separator: ", ")
            case .list: "`region`, the part of the page with its rows"
            }
        guard let written = text(node, "`is`", expected: expected) else { return nil }
        let content = Self.content(written, of: field.type)
        if content == nil {
            if case .label(let labels) = field.type {
                report(.unknownWord(written, of: "label", known: labels), at: node)
            } else {
                report(.badQuantity(written, of: "`is`", expected: expected), at: node)
            }
        }
        return content
    }

    private static func content(_ written: String, of type: FieldType) -> FieldContent? {
        switch type {
        case .text:
            return written.count <= 500 && !written.contains(where: \.isNewline)
                ? .text(written) : nil
        case .identifier:
            return written.count <= 500 && !written.contains(where: \.isNewline)
                ? .identifier(written) : nil
        case .currency: return isCurrency(written) ? .currency(written) : nil
        case .label(let labels): return labels.contains(written) ? .label(written) : nil
        case .number: return number(written).map { .number($0) }
        case .money:
            let parts = written.split(separator: " ").map(String.init)
            guard let amount = parts.first.flatMap(number), parts.count <= 2 else { return nil }
            guard parts.count == 2 else { return .money(Money(amount: amount)) }
            return isCurrency(parts[1]) ? .money(Money(amount: amount, currency: parts[1])) : nil
        case .date:
            let parts = written.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
                let year = Quantity.whole(String(parts[0])),
                let month = Quantity.whole(String(parts[1])),
                let day = Quantity.whole(String(parts[2]))
            else { return nil }
            return CalendarDate(year: year, month: month, day: day).map { .date($0) }
        case .list: return nil
        }
    }

    private static func isCurrency(_ text: String) -> Bool {
        text.utf8.count == 3
            && text.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    }

    private static func number(_ text: String) -> DecimalNumber? {
        let isNegative = text.hasPrefix("-")
        let parts = text.dropFirst(isNegative ? 1 : 0)
            .split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }),
            parts.count == 1 || parts[1].count <= 9,
            parts.allSatisfy({ Quantity.whole($0) != nil }),
            let units = Int64((isNegative ? "-" : "") + parts.joined())
        else { return nil }
        return DecimalNumber(units: units, scale: parts.count == 2 ? parts[1].count : 0)
    }

    // MARK: region

    private mutating func region(_ node: SpecNode) -> FormRegion? {
        guard let keys = mapping(node, "`region`", keys: PipelineKeys.region) else { return nil }
        if keys.isEmpty {
            reportShape(node, of: "`region`", expected: "an edge, such as `{top: 60%}`")
        }
        var region = FormRegion()
        if let share = keys["left"].flatMap({ share($0, "`left`") }) { region.left = share }
        if let share = keys["top"].flatMap({ share($0, "`top`") }) { region.top = share }
        if let share = keys["right"].flatMap({ share($0, "`right`") }) { region.right = share }
        if let share = keys["bottom"].flatMap({ share($0, "`bottom`") }) { region.bottom = share }
        for (start, end, from, to) in [
            ("left", "right", region.left, region.right),
            ("top", "bottom", region.top, region.bottom),
        ] where from >= to {
            report(
                .badQuantity(
                    "\(Int((to * 100).rounded()))%",
                    of: "`\(end)`",
                    expected: "more than `\(start)`, \(Int((from * 100).rounded()))%"
                ),
                at: keys[end] ?? keys[start] ?? node
            )
        }
        if let node = keys["below"] { region.below = phrases(node, "`below`") }
        if let node = keys["above"] { region.above = phrases(node, "`above`") }
        if let node = keys["page"], let page = page(node) { region.page = page }
        return region
    }

    private mutating func page(_ node: SpecNode) -> FormRegion.Page? {
        let expected = "`first`, `last` or a page's number"
        guard let text = text(node, "`page`", expected: expected) else { return nil }
        switch text {
        case "first": return .first
        case "last": return .last
        default:
            guard let number = Quantity.whole(text), (1...1_000_000).contains(number) else {
                report(.badQuantity(text, of: "`page`", expected: expected), at: node)
                return nil
            }
            return .number(number)
        }
    }

    /// A share of the page's width or height: `60%`.
    private mutating func share(_ node: SpecNode, _ owner: String) -> Double? {
        let hundredth = quantity(
            node,
            owner,
            in: 0...100,
            expected: "a share of the page from 0% to 100%, such as 60%"
        ) { text in
            text.hasSuffix("%") ? Quantity.fraction(String(text.dropLast())) : nil
        }
        return hundredth.map { $0 / 100 }
    }
}
