import Testing

@testable import Jobs

@Suite struct TextOnlyQuestionTests {
    @Test(arguments: FirstQuestions.all + HeldOutQuestions.all)
    func `a question that wants only the text is told from one for the model`(
        question: LabelledQuestion
    ) {
        #expect(TextOnlyQuestion().isOne(question.words) == question.wantsText)
    }
}
