package io.millrace.broker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Logging much from an event loop is itself what {@link StrictLogs} then complains about. */
class TestLogsTest {

    @Test
    void eventLoopsDoNotLogEveryStepInTests() {
        assertThat(LoggerFactory.getLogger("io.millrace.broker").isInfoEnabled())
                .isTrue();
        assertThat(LoggerFactory.getLogger("io.millrace.broker").isDebugEnabled())
                .isFalse();
        for (String chatty : new String[] {"io.netty.channel", "io.vertx.core"}) {
            assertThat(LoggerFactory.getLogger(chatty).isWarnEnabled()).isTrue();
            assertThat(LoggerFactory.getLogger(chatty).isInfoEnabled())
                    .as(chatty)
                    .isFalse();
        }
    }
}
