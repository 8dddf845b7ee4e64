/// Whether a group that repeats without bound holds another repetition without bound: `(a+)+`.
///
/// Such a regular expression can take longer than the age of the universe on some texts.
///
/// - Parameter pattern: a regular expression, not necessarily a valid one.
/// - Returns: true also for some that would end, since it looks at the signs only.
public func hasNestedRepetition(_ pattern: String) -> Bool {
    let signs = Array(pattern)
    var groups: [Bool] = []
    var isClass = false
    var index = 0
    func isUnbounded(_ place: Int) -> Bool {
        guard place < signs.count else { return false }
        if signs[place] == "*" || signs[place] == "+" { return true }
        guard signs[place] == "{", let close = signs[place...].firstIndex(of: "}") else {
            return false
        }
        let bounds = String(signs[(place + 1)..<close]).split(
            separator: ",",
            omittingEmptySubsequences: false
        )
        if bounds.count == 2, let most = Int(bounds[1].filter { !$0.isWhitespace }) {
            return most > 20
        }
        return bounds.count == 2
    }
    while index < signs.count {
        let sign = signs[index]
        if sign == "\\" {
            if !groups.isEmpty, !isClass, isUnbounded(index + 2) {
                groups[groups.count - 1] = true
            }
            index += 2
            continue
        }
        if isClass {
            if sign == "]" {
                isClass = false
                if !groups.isEmpty, isUnbounded(index + 1) { groups[groups.count - 1] = true }
            }
        } else if sign == "[" {
            isClass = true
            if index + 1 < signs.count, signs[index + 1] == "]" { index += 1 }
        } else if sign == "(" {
            groups.append(false)
        } else if sign == ")" {
            let holds = groups.popLast() ?? false
            let repeats = isUnbounded(index + 1)
            if holds, repeats { return true }
            if !groups.isEmpty, holds || repeats { groups[groups.count - 1] = true }
        } else if !groups.isEmpty, isUnbounded(index + 1), sign != "*", sign != "+" {
            groups[groups.count - 1] = true
        }
        index += 1
    }
    return false
}
