internal import Records

/// Which of a step's languages a page is in, told from a reading of it in the first one.
struct LanguageChoice: Sendable {
    /// The languages in the order in which the step names them.
    let names: [String]

    /// The place of another language than the first among ``names`` that the page is more likely in; nil to stay.
    func better(thanFirstFor words: [RawWord]) -> Int? {
        nil
    }
}
