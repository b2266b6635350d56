package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.broker.config.ConfigEntry;
import io.millrace.broker.config.ConfigEntry.Source;
import io.millrace.broker.config.ConfigEntry.Synonym;
import io.millrace.broker.config.ConfigException;
import io.millrace.broker.group.consumer.ConsumerSettings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GroupConfigTest {
    private static final String SESSION = "consumer.session.timeout.ms";
    private static final String HEARTBEAT = "consumer.heartbeat.interval.ms";
    private static final String ASSIGNMENT = "consumer.assignment.interval.ms";

    private static GroupConfig of(Map<String, String> broker) {
        return new GroupConfig(BrokerConfig.parse(broker));
    }

    @Test
    void withoutItsOwnTheBrokersSettingsHold() {
        GroupConfig config = of(Map.of("group.consumer.session.timeout.ms", "50000"));

        ConsumerSettings settings = config.resolve(Map.of());

        assertThat(settings).isSameAs(config.defaults());
        assertThat(settings.sessionTimeoutMs()).isEqualTo(50_000);
        assertThat(settings.heartbeatIntervalMs()).isEqualTo(5_000);
        assertThat(settings.assignmentIntervalMs()).isEqualTo(1_000);
    }

    @Test
    void aGroupsOwnSettingsWin() {
        GroupConfig config = of(Map.of("group.consumer.max.size", "7"));

        ConsumerSettings settings = config.resolve(Map.of(SESSION, " 46000 ", HEARTBEAT, "6000", ASSIGNMENT, "0"));

        assertThat(settings.sessionTimeoutMs()).isEqualTo(46_000);
        assertThat(settings.heartbeatIntervalMs()).isEqualTo(6_000);
        assertThat(settings.assignmentIntervalMs()).isZero();
        assertThat(settings.sizeMax()).as("what a group cannot set").isEqualTo(7);
    }

    /** They were made when the broker allowed more. */
    @Test
    void settingsOutOfBoundsCountAsTheNearestWithin() {
        GroupConfig config = of(Map.of());

        ConsumerSettings settings = config.resolve(Map.of(SESSION, "100000", HEARTBEAT, "1"));

        assertThat(settings.sessionTimeoutMs()).isEqualTo(60_000);
        assertThat(settings.heartbeatIntervalMs()).isEqualTo(5_000);
    }

    @ParameterizedTest
    @CsvSource({
        SESSION + ", 45000",
        SESSION + ", 60000",
        HEARTBEAT + ", 5000",
        HEARTBEAT + ", 15000",
        ASSIGNMENT + ", 0",
        ASSIGNMENT + ", 15000",
    })
    void theBoundsAreAllowed(String key, String value) {
        assertThat(of(Map.of()).problemWith(Map.of(key, value))).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                SESSION + "|44999|" + SESSION
                        + " must be greater than or equal to group.consumer.min.session.timeout.ms, which is 45000",
                SESSION + "|60001|" + SESSION
                        + " must be less than or equal to group.consumer.max.session.timeout.ms, which is 60000",
                HEARTBEAT + "|4999|" + HEARTBEAT
                        + " must be greater than or equal to group.consumer.min.heartbeat.interval.ms, which is 5000",
                HEARTBEAT + "|15001|" + HEARTBEAT
                        + " must be less than or equal to group.consumer.max.heartbeat.interval.ms, which is 15000",
                SESSION + "|0|Invalid value 0 for configuration " + SESSION
                        + ": allowed is a whole number of at least 1",
                SESSION + "|soon|Invalid value soon for configuration " + SESSION
                        + ": allowed is a whole number of at least 1",
                ASSIGNMENT + "|15001|" + ASSIGNMENT
                        + " must be less than or equal to group.consumer.max.assignment.interval.ms, which is 15000",
                ASSIGNMENT + "|-1|Invalid value -1 for configuration " + ASSIGNMENT
                        + ": allowed is a whole number of at least 0",
                "session.timeout.ms|45000|Unknown group config name: session.timeout.ms, allowed are " + HEARTBEAT
                        + ", " + SESSION + ", " + ASSIGNMENT,
            })
    void refusesWhatIsNotAllowedAndSaysWhatIs(String key, String value, String problem) {
        assertThat(of(Map.of()).problemWith(Map.of(key, value))).isEqualTo(problem);
    }

    @Test
    void aSessionIsLongerThanAnInterval() {
        GroupConfig config = of(Map.of("group.consumer.min.session.timeout.ms", "1000"));

        assertThat(config.problemWith(Map.of(SESSION, "9000", HEARTBEAT, "8999")))
                .isNull();
        assertThat(config.problemWith(Map.of(SESSION, "9000", HEARTBEAT, "9000")))
                .isEqualTo(SESSION + " must be greater than " + HEARTBEAT + ", which is 9000");
        assertThat(config.problemWith(Map.of(SESSION, "4000")))
                .as("beside what the broker says")
                .isEqualTo(SESSION + " must be greater than " + HEARTBEAT + ", which is 5000");
    }

    @Test
    void tellsWhereAValueComesFrom() {
        GroupConfig config = of(Map.of("group.consumer.session.timeout.ms", "50000"));

        List<ConfigEntry> entries = config.describe(Map.of(SESSION, "46000"));

        assertThat(entries).extracting(ConfigEntry::name).containsExactly(HEARTBEAT, SESSION, ASSIGNMENT);
        assertThat(entries.get(0).value()).isEqualTo("5000");
        assertThat(entries.get(0).source()).isEqualTo(Source.DEFAULT);
        assertThat(entries.get(1).value()).isEqualTo("46000");
        assertThat(entries.get(1).source()).isEqualTo(Source.GROUP);
        assertThat(entries.get(1).synonyms())
                .containsExactly(
                        new Synonym(SESSION, "46000", Source.GROUP),
                        new Synonym("group.consumer.session.timeout.ms", "50000", Source.STATIC_BROKER),
                        new Synonym("group.consumer.session.timeout.ms", "45000", Source.DEFAULT));
    }

    @ParameterizedTest
    @CsvSource({
        "group.consumer.session.timeout.ms, 44999, must be greater than or equal to group.consumer.min.session.timeout.ms",
        "group.consumer.session.timeout.ms, 60001, must be less than or equal to group.consumer.max.session.timeout.ms",
        "group.consumer.max.session.timeout.ms, 44999, "
                + "must be greater than or equal to group.consumer.min.session.timeout.ms",
        "group.consumer.heartbeat.interval.ms, 4999, "
                + "must be greater than or equal to group.consumer.min.heartbeat.interval.ms",
        "group.consumer.heartbeat.interval.ms, 15001, "
                + "must be less than or equal to group.consumer.max.heartbeat.interval.ms",
        "group.consumer.max.heartbeat.interval.ms, 4999, "
                + "must be greater than or equal to group.consumer.min.heartbeat.interval.ms"
    })
    void aBrokerWhoseSettingsContradictEachOtherDoesNotStart(String key, String value, String problem) {
        assertThat(conflictsOf(Map.of(key, value))).singleElement().asString().startsWith(key + " " + problem);
    }

    @Test
    void theBrokersOwnSessionIsLongerThanItsInterval() {
        assertThat(conflictsOf(Map.of(
                        "group.consumer.min.session.timeout.ms", "1",
                        "group.consumer.session.timeout.ms", "5000")))
                .containsExactly("group.consumer.heartbeat.interval.ms must be less than "
                        + "group.consumer.session.timeout.ms, which is 5000");
    }

    private static List<String> conflictsOf(Map<String, String> settings) {
        return catchThrowableOfType(ConfigException.class, () -> BrokerConfig.parse(settings))
                .problems();
    }
}
