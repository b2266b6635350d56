package io.millrace.broker.connection;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/** Log lines that clients can cause at will: so many each second, and then a count of what was left out. Any thread. */
public final class QuietLog {

    private static final int LINES_PER_SECOND = 5;

    private final Logger logger;
    private final AtomicLong second = new AtomicLong(Long.MIN_VALUE);
    private final AtomicInteger lines = new AtomicInteger();

    public QuietLog(Logger logger) {
        this.logger = logger;
    }

    public void warn(String format, Object... arguments) {
        long now = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime());
        long before = second.get();
        if (now != before && second.compareAndSet(before, now)) {
            int dropped = lines.getAndSet(0) - LINES_PER_SECOND;
            if (dropped > 0) {
                logger.warn("{} more lines like the following were left out", dropped);
            }
        }
        if (lines.incrementAndGet() <= LINES_PER_SECOND) {
            logger.warn(format, arguments);
        }
    }
}
