internal import FeatureCache
internal import Generation
internal import Qwen

/// A model that answers jobs, as long as it is in memory.
final class LoadedModel: Sendable {
    /// The model, its tokens and its template.
    let asking: QuestionAnswering
    /// Answers that run together.
    let batch: ContinuousBatch<QwenModel>
    /// Keys and values that questions share.
    let prefixes: KeptPrefixes
    /// Features that a document's questions share.
    let pictures: KeptPictures
    /// Whose features those are.
    let settled: SettledFeatures
    /// Forms of answers.
    let grammars: KeptGrammars
    /// Features that were kept by earlier runs; nil where none are.
    let cache: FeatureCache?

    init(
        _ asking: QuestionAnswering,
        cache: FeatureCache?,
        settled: SettledFeatures,
        kept: Int
    ) {
        self.asking = asking
        self.cache = cache
        self.settled = settled
        grammars = KeptGrammars(
            asking.tokenizer,
            rows: asking.model.vocabularySize,
            endTokens: asking.endTokens
        )
        batch = ContinuousBatch(asking.model, history: asking.history)
        prefixes = KeptPrefixes(asking.model, byteLimit: kept)
        pictures = KeptPictures(byteLimit: kept / 2)
    }

    /// Forgets what is kept for later questions.
    func shrink() async {
        await prefixes.forgetAll()
        pictures.forget()
    }
}
