package io.millrace.broker.group.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.group.subscription.TopicRegex.InvalidRegexException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicRegexTest {

    private static void assertRefused(String regex, String reason) {
        assertThatThrownBy(() -> TopicRegex.parse(regex))
                .isInstanceOf(InvalidRegexException.class)
                .hasMessageContaining("is not a valid regular expression: " + reason);
    }

    @Test
    void choosesByTheWholeName() throws Exception {
        TopicRegex regex = TopicRegex.parse("order(s|-.*)");

        assertThat(regex.of(List.of("orders", "order-eu", "order", "reorders", "orders2")))
                .containsExactly("order-eu", "orders");
    }

    @Test
    void matchesNothingButTheEmptyNameIfItIsEmpty() throws Exception {
        assertThat(TopicRegex.parse("").of(List.of("orders"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "(", ")", "a**", "(?<=x)y", "\\1", "a{1001}", "\\", "x{2", "a{2}{"})
    void whatIsNoExpressionIsRefusedOrMeansItself(String regex) {
        // RE2 decides; what matters is that there is an answer.
        try {
            assertThat(TopicRegex.parse(regex).matches("")).isFalse();
        } catch (InvalidRegexException e) {
            assertThat(e)
                    .hasMessageStartingWith("SubscribedTopicRegex `" + regex + "` is not a valid regular expression: ");
        }
    }

    @Test
    void saysWhatIsWrong() {
        assertRefused("[", "missing closing ].");
        assertRefused("a**", "invalid nested repetition operator.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(a{1000}){1000}",
                "((a{100}){100}){100}",
                "((((.{10}){10}){10}){10}){10}",
                "(a{0,1000}){0,1000}",
                "(a{1,}b{999}){999}",
                "\\Q[\\E(a{1000}){1000}",
                "[]](a{1000}){1000}",
                "[^]](a{1000}){1000}",
                "[\\]](a{1000}){1000}",
                "[[:alpha:]](a{1000}){1000}",
                "[a[:](a{1000}){1000}",
                "(?i)(?P<x>(?:a{1000}){1000})",
                "((a|b|c{1000}){1000})",
                "\\pL{1000}{1000}",
                "(\\pL{1000}){3}",
            })
    void whatWouldTakeTooMuchMemoryIsRefused(String regex) {
        assertRefused(regex, "too large");
    }

    @Test
    void soIsWhatIsTooLong() {
        assertRefused("x".repeat(RegexSize.SIZE_MAX + 1), "too large");
    }

    @Test
    void bracketsMayNotBeTooDeep() throws Exception {
        int max = RegexSize.DEPTH_MAX;

        assertThat(TopicRegex.parse("(".repeat(max) + "a" + ")".repeat(max)).matches("a"))
                .isTrue();
        assertRefused("(".repeat(max + 1) + ")".repeat(max + 1), "more than 100 brackets within each other");
        assertRefused("(".repeat(20_000), "more than 100 brackets within each other");
    }

    @Test
    void takesWhatPeopleWrite() throws Exception {
        String list = IntStream.range(0, 200)
                .mapToObj(i -> "team-" + i + "\\.events\\.v[0-9]+")
                .collect(Collectors.joining("|"));

        assertThat(TopicRegex.parse(list).matches("team-150.events.v12")).isTrue();
        assertThat(TopicRegex.parse("[a-z]{1,40}\\.(eu|us)-[0-9]{2}").matches("metrics.eu-07"))
                .isTrue();
        assertThat(TopicRegex.parse("(?i)ORDERS.*").matches("orders")).isTrue();
        assertThat(TopicRegex.parse("\\Qa.b\\E.*").matches("a.b.c")).isTrue();
    }
}
