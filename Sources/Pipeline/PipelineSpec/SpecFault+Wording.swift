import Records

extension SpecFault: CustomStringConvertible {
    /// `file:line:column: what is wrong; what was expected`.
    public var description: String {
        var place = file
        if let line { place += ":\(line)" }
        if let column { place += ":\(column)" }
        return "\(place): \(problem)"
    }
}

extension SpecProblem: CustomStringConvertible {
    /// `what is wrong; what was expected`.
    public var description: String {
        "\(wrong); expected \(expected)"
    }

    /// What is wrong, for a person.
    public var wrong: String {
        switch self {
        case .noSuchFile: "no such file"
        case .unreadable(let why): "cannot be read: \(why)"
        case .fileTooLarge(let limit): "larger than \(limit) bytes"
        case .notUTF8: "not UTF-8 text"
        case .controlCharacter(let code):
            "control character U+" + String(repeating: "0", count: code < 16 ? 3 : 2)
                + String(code, radix: 16, uppercase: true)
        case .empty: "nothing in it"
        case .syntax(let problem, _): problem
        case .secondDocument: "a second YAML document begins"
        case .tooMuch(let what, let limit): "more than \(limit) \(what)"
        case .duplicateKey(let key, let line):
            "key \(quoted(key)) is given twice" + (line.map { ", first in line \($0)" } ?? "")
        case .keyNotAWord: "a list or mapping stands where a key belongs"
        case .unknownKey(let key, let owner, _): "unknown key \(quoted(key)) in \(owner)"
        case .missingKey(let key, let owner, _): "\(owner) has no \(quoted(key))"
        case .wrongShape(let owner, let found, _): "\(owner) is \(found)"
        case .unknownWord(let word, let owner, _): "unknown \(owner) \(quoted(word))"
        case .badQuantity(let text, let owner, _): "\(owner) is \(quoted(text))"
        case .badName(let name, let owner, _): "\(quoted(name)) cannot name \(owner)"
        case .takenName(let name, let owner, let user):
            "\(owner) cannot be called \(quoted(name)), \(user) is"
        case .repeated(let entry, let owner): "\(quoted(entry)) stands twice in \(owner)"
        case .badGlob(let glob, let why): "glob \(quoted(glob)): \(why)"
        case .badPattern(let pattern, let why): "regular expression \(quoted(pattern)): \(why)"
        case .misplaced(let what, let why, _): "\(quoted(what)) \(why)"
        case .unknownField(let name, _): "\(quoted(name)) is not a field of the record"
        case .wrongFieldType(let name, let type, _): "\(quoted(name)) is of type \(type)"
        case .noVerb(let keys, _):
            keys.isEmpty ? "a step without a verb" : "unknown verb \(quoted(keys[0]))"
        case .twoVerbs(let first, let second):
            "a step with two verbs, \(quoted(first)) and \(quoted(second))"
        case .stepOutOfPlace(let what, _): what
        case .badRule(let rule, let problem): "rule \(quoted(rule)): \(problem.wrong)"
        }
    }

    /// What was expected instead, for a person.
    public var expected: String {
        switch self {
        case .noSuchFile, .unreadable: "the path of a pipeline file"
        case .fileTooLarge, .empty: "a pipeline: `pipeline`, `input` and `steps`"
        case .notUTF8: "a file saved as UTF-8"
        case .controlCharacter: "printable text"
        case .syntax(_, let expected): expected
        case .secondDocument: "one pipeline in a file, without `---` inside"
        case .tooMuch: "fewer"
        case .duplicateKey: "each key once"
        case .keyNotAWord: "`key: value`"
        case .unknownKey(let word, _, let known), .unknownWord(let word, _, let known),
            .unknownField(let word, let known):
            choice(word, among: known)
        case .missingKey(_, _, let expected), .wrongShape(_, _, let expected),
            .badQuantity(_, _, let expected), .badName(_, _, let expected),
            .misplaced(_, _, let expected), .wrongFieldType(_, _, let expected),
            .stepOutOfPlace(_, let expected):
            expected
        case .takenName: "another name"
        case .repeated: "each once"
        case .badGlob: "a glob such as \"**/*.{jpg,pdf}\""
        case .badPattern: "a regular expression in Swift's syntax"
        case .noVerb(let keys, let known): choice(keys.first ?? "", among: known)
        case .twoVerbs: "a step of its own for each, beginning with `-`"
        case .badRule(_, let problem): problem.expected
        }
    }
}

extension CheckRuleFault.Problem {
    fileprivate var wrong: String {
        switch self {
        case .unexpected(let found, _): found.map { "unexpected \(quoted($0))" } ?? "it ends early"
        case .unknownField(let name, _): "\(quoted(name)) is not a field of the record"
        case .unknownColumn(let name, let list, _): "\(quoted(list)) has no column \(quoted(name))"
        case .listWithoutSum(let list, _): "\(quoted(list)) is a list"
        case .notAList(let name, let type), .notComparable(let name, let type),
            .notADate(let name, let type), .notACode(let name, let type),
            .notAChoice(let name, let type):
            "\(quoted(name)) is of type \(type)"
        case .unknownLabel(let label, let field, _):
            "\(quoted(label)) is no label of \(quoted(field))"
        case .productOfMoney(let first, let second):
            "\(quoted(first)) times \(quoted(second)) is money times money"
        case .dateBesideAmount(let name): "\(quoted(name)) is a date and cannot be summed"
        }
    }

    fileprivate var expected: String {
        switch self {
        case .unexpected(_, let expected): expected
        case .unknownField(let name, let known), .unknownColumn(let name, _, let known):
            choice(name, among: known)
        case .listWithoutSum(let list, let columns):
            columns.first.map { "`sum of \(list).\($0)`" } ?? "`sum of \(list).COLUMN`"
        case .notAList: "a field of type list"
        case .notComparable: "a field of type money, number or date"
        case .dateBesideAmount: "one date on each side"
        case .notADate: "a field of type date"
        case .notACode: "a field of type identifier or text"
        case .notAChoice: "a field of type text, identifier, currency, label, number or money"
        case .unknownLabel(let label, _, let known): choice(label, among: known)
        case .productOfMoney: "a number as one of the factors"
        }
    }
}

/// The nearest of the known words, or all of them when none is near.
private func choice(_ word: String, among known: [String]) -> String {
    if let nearest = nearestWord(to: word, among: known) { return quoted(nearest) }
    if known.isEmpty { return "a field under `record:`, which has none" }
    return (known.count == 1 ? "" : "one of ") + known.joined(separator: ", ")
}

/// A piece of the file between backquotes, shortened, without characters that would act on a terminal.
private func quoted(_ text: String) -> String {
    var shown = ""
    for scalar in text.unicodeScalars.prefix(60) {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: shown += "?"
        default: shown.unicodeScalars.append(scalar)
        }
    }
    return "`\(shown)\(text.unicodeScalars.count > 60 ? "…" : "")`"
}
