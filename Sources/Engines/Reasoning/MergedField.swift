import Grammar
import Records

/// What the answers about a document's windows say of one field.
struct MergedField: Sendable {
    /// The field.
    let definition: FieldDefinition
    /// The different contents in the order of the pages; one where the answers agree.
    private(set) var answers: [Answer] = []

    /// One content, and the pages that it was answered for.
    struct Answer: Sendable {
        var content: FieldContent
        /// The windows whose answer it is, from first page to last.
        var spans: [ClosedRange<Int>]
        /// The pages that the windows are of, ascending.
        var pages: [Int]
        /// Whether the answer was cut: of a list, rows may be missing.
        var isCut: Bool
    }

    /// Different contents that are kept; what comes after them is a model that answers at random.
    static let mostAnswers = 12

    init(_ definition: FieldDefinition) {
        self.definition = definition
    }

    /// Takes the answer about the next window.
    ///
    /// Equal contents are one, and so are a list's rows at the end of one window and the start of the next, where the windows share
    /// pages.
    mutating func take(_ value: AnswerValue, from window: WindowReply) {
        guard let content = FieldContent(value, as: definition.type) else { return }
        let answer = Answer(
            content: content,
            spans: [window.span],
            pages: window.pages,
            isCut: window.reply.isCut
        )
        if case .list(let rows) = content {
            append(rows, answer)
            return
        }
        let folded = content.folded
        if let index = answers.firstIndex(where: { $0.content.folded == folded }) {
            answers[index].spans.append(window.span)
            answers[index].add(window.pages)
        } else if answers.count < Self.mostAnswers {
            answers.append(answer)
        }
    }

    /// What the model calls each answer when it chooses among them: the answer itself, or its place where it is long.
    var choices: [String] {
        answers.enumerated().map { place, answer in
            let text = answer.content.plain
            return text.utf8.count <= Self.longestChoice ? text : "answer \(place + 1)"
        }
    }

    /// Bytes of an answer that is written once more to be chosen.
    private static let longestChoice = 100

    /// Puts one of several contents first: it stands.
    mutating func prefer(_ index: Int) {
        guard answers.indices.contains(index) else { return }
        answers.insert(answers.remove(at: index), at: 0)
    }

    private mutating func append(_ rows: [[String: FieldContent]], _ answer: Answer) {
        guard var known = answers.first, case .list(let before) = known.content else {
            answers = [answer]
            return
        }
        let isShared = (known.spans.last?.upperBound ?? 0) >= (answer.pages.first ?? 1)
        let repeated = isShared ? Self.repeats(before, rows) : 0
        known.content = .list(before + rows.dropFirst(repeated))
        known.spans += answer.spans
        known.add(answer.pages)
        known.isCut = known.isCut || answer.isCut
        answers = [known]
    }

    /// How many rows at the start of a list are those at the end of another: the most that are equal one by one.
    private static func repeats(
        _ before: [[String: FieldContent]],
        _ after: [[String: FieldContent]]
    ) -> Int {
        // A window has so many rows at most.
        let end = before.suffix(after.count).map { $0.mapValues(\.folded) }
        let start = after.map { $0.mapValues(\.folded) }
        for count in stride(from: min(end.count, start.count), to: 0, by: -1)
        where end.suffix(count).elementsEqual(start.prefix(count)) {
            return count
        }
        return 0
    }
}

extension MergedField.Answer {
    /// Adds the pages of a later window.
    mutating func add(_ later: [Int]) {
        let last = pages.last ?? 0
        pages += later.filter { $0 > last }
    }
}
