/// Tells a server that takes a form and leaves it aside from one that goes wrong once.
///
/// Answers count in the order in which they come. So what remains of chance is this: which questions are still asked in the old way while the
/// last of the misfits is on its way (at most as many as are asked at once), and, for a server that obeys only at times, whether misfits come
/// one after the other. No answer depends on it that fits: a question whose answer does not is put once more with the form in words, alone
/// and at once, whatever other documents met with.
struct FormatAdherence: Sendable {
    /// Misfits in a row that are no accident.
    static let mostMisfits = 3

    private var format = ChatDialect.Format.schema
    private var misfits = 0

    /// Notes an answer.
    ///
    /// - Parameters:
    ///   - asked: How it was held to its form.
    ///   - fits: Whether it had the form.
    /// - Returns: Whether this way of asking is of no use.
    mutating func note(_ asked: ChatDialect.Format, fits: Bool) -> Bool {
        // Late answers to what is not asked any more say nothing of what is.
        guard asked >= format else { return false }
        if asked > format || fits {
            format = asked
            misfits = 0
        }
        if !fits { misfits += 1 }
        guard misfits >= Self.mostMisfits else { return false }
        misfits = 0
        return true
    }
}
