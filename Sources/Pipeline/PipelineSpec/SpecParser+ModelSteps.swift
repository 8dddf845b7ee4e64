import Records

extension SpecParser {
    /// `ask:`; `isTextRead` tells whether a `read` step stands before it.
    mutating func ask(
        _ value: SpecNode,
        _ keys: [String: SpecNode],
        _ when: StepCondition?,
        isTextRead: Bool
    ) -> Step? {
        let question = text(value, "`ask`", expected: "a question or instruction")
        var step = AskStep(question: question ?? "", fills: [], when: when)
        if let node = keys["fills"] { step.fills = fieldNames(node, "`fills`") }
        if let node = keys["composed"] { step.composed = bool(node, "`composed`") ?? false }
        if let node = keys["from"], let from = word(node, "`from`", as: StepSource.self) {
            step.from = from
        }
        (step.window, step.stride) = windows(keys, window: step.window, stride: step.stride)
        step.maxTokens = keys["max-tokens"].flatMap { tokens($0) }
        step.takesText = isTextRead && !step.composed && areOneText(step.fills)
        if let node = keys["route"] {
            step.route = word(node, "`route`", as: StepRoute.self)
            if step.route == .text { checkTextRoute(node, keys, fills: step.fills) }
        }
        return question == nil ? nil : .ask(step)
    }

    /// `summarize:`.
    mutating func summarize(
        _ value: SpecNode,
        _ keys: [String: SpecNode],
        _ when: StepCondition?
    ) -> Step? {
        let field = fieldName(value, "`summarize`", type: "text")
        var step = SummarizeStep(field: field ?? "", when: when)
        if let node = keys["from"], let from = word(node, "`from`", as: StepSource.self) {
            step.from = from
        }
        (step.window, step.stride) = windows(keys, window: step.window, stride: step.stride)
        step.maxTokens = keys["max-tokens"].flatMap { tokens($0) } ?? step.maxTokens
        return field == nil ? nil : .summarize(step)
    }

    /// The page's text is one text: it fills one field of type text, and nothing is asked for it.
    private mutating func checkTextRoute(
        _ route: SpecNode,
        _ keys: [String: SpecNode],
        fills: [String]
    ) {
        if !areOneText(fills) {
            report(
                .misplaced(
                    "route: text",
                    why: "gives the text as it was read, in one piece",
                    expected: "`fills` with one field of type text, or none"
                ),
                at: route
            )
        }
        for key in ["composed", "from", "window", "stride", "max-tokens"] {
            guard let node = keys[key] else { continue }
            report(
                .misplaced(
                    key,
                    why: "is for the language model, which `route: text` leaves out",
                    expected: "one of the two"
                ),
                at: node
            )
        }
    }

    /// Whether one text can fill them: there is no field, or one of type text.
    private func areOneText(_ fields: [String]) -> Bool {
        guard let field = fields.first else { return true }
        guard fields.count == 1 else { return false }
        // Of a field that is itself a fault, nothing more is said.
        return record.first { $0.name == field }.map { $0.type == .text } ?? true
    }

    /// `window` and `stride`; a window smaller than the usual stride is its own stride.
    private mutating func windows(
        _ keys: [String: SpecNode],
        window: Int,
        stride: Int
    ) -> (window: Int, stride: Int) {
        let size =
            keys["window"].flatMap {
                quantity(
                    $0,
                    "`window`",
                    in: 1...1000,
                    expected: "a count of pages from 1 to 1000",
                    read: Quantity.whole
                )
            } ?? window
        // Pages between two windows would be left out.
        let step = keys["stride"].flatMap {
            quantity(
                $0,
                "`stride`",
                in: 1...size,
                expected: "a count of pages from 1 to the window's \(size)",
                read: Quantity.whole
            )
        }
        return (size, step ?? min(stride, size))
    }

    private mutating func tokens(_ node: SpecNode) -> Int? {
        quantity(
            node,
            "`max-tokens`",
            in: 1...8192,
            expected: "a count of tokens from 1 to 8192",
            read: Quantity.whole
        )
    }
}
