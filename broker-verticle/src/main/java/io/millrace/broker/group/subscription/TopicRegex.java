package io.millrace.broker.group.subscription;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Collection;
import java.util.SortedSet;
import java.util.TreeSet;

/** A regular expression that chooses topics by their whole names. Immutable; any thread. */
public final class TopicRegex {

    private final Pattern pattern;

    private TopicRegex(Pattern pattern) {
        this.pattern = pattern;
    }

    /** Says why an expression is none. It carries no stack trace: whoever sends it may send many. */
    public static final class InvalidRegexException extends Exception {
        private static final long serialVersionUID = 1;

        InvalidRegexException(String message) {
            super(message, null, false, false);
        }
    }

    /** @throws InvalidRegexException if it is none, or one that would take too much memory */
    public static TopicRegex parse(String regex) throws InvalidRegexException {
        String problem = RegexSize.problemWith(regex);
        if (problem != null) {
            throw invalid(regex, problem);
        }
        try {
            return new TopicRegex(Pattern.compile(regex));
        } catch (PatternSyntaxException e) {
            throw invalid(regex, e.getDescription());
        }
    }

    private static InvalidRegexException invalid(String regex, String problem) {
        return new InvalidRegexException(
                "SubscribedTopicRegex `" + regex + "` is not a valid regular expression: " + problem + ".");
    }

    public boolean matches(String topic) {
        return pattern.matches(topic);
    }

    /** Those of the names that it chooses. */
    public SortedSet<String> of(Collection<String> topics) {
        SortedSet<String> chosen = new TreeSet<>();
        for (String each : topics) {
            if (matches(each)) {
                chosen.add(each);
            }
        }
        return chosen;
    }
}
