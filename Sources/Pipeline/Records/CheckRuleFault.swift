/// Why the wording of a rule is not a rule.
public struct CheckRuleFault: Error, Hashable, Sendable {
    /// What is wrong.
    public enum Problem: Hashable, Sendable {
        /// Something else was expected here; `found` is nil at the end of the rule.
        case unexpected(found: String?, expected: String)
        /// A name that is no field of the record.
        case unknownField(String, known: [String])
        /// A name that is no column of the list.
        case unknownColumn(String, list: String, known: [String])
        /// A list field where an amount belongs: only the sum of one of its columns is one.
        case listWithoutSum(list: String, columns: [String])
        /// `sum of` a field that is no list.
        case notAList(String, type: String)
        /// A field of a type that does not compare.
        case notComparable(String, type: String)
        /// A date beside something that is not a date.
        case dateBesideAmount(String)
        /// `is not in the future` after a field that is no date.
        case notADate(String, type: String)
        /// `has a valid check digit` after a field that holds no code.
        case notACode(String, type: String)
        /// `is one of` after a field that holds none of such texts.
        case notAChoice(String, type: String)
        /// A text that a label field can never hold.
        case unknownLabel(String, field: String, known: [String])
        /// Money times money.
        case productOfMoney(String, String)
    }

    /// What is wrong.
    public var problem: Problem
    /// Where it begins in the wording, counted in Unicode scalars from 0.
    public var offset: Int
}
