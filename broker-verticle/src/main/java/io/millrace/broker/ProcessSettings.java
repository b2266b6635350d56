package io.millrace.broker;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import org.slf4j.LoggerFactory;

/**
 * What a process of our own sets for all of it, and an application that embeds a broker decides for itself. Each item
 * takes something slow out of the start; whoever sets a property on the command line keeps it.
 */
final class ProcessSettings {
    private static final String LOGBACK_FILE = "logback.configurationFile";

    private ProcessSettings() {}

    static void apply() {
        // Finding the machine's and the process's id for channel ids means asking every network interface.
        setIfAbsent("io.netty.machineId", "00:00:00:00:00:00:00:01");
        setIfAbsent("io.netty.processId", "1");
        // We look up no names but those of listeners, for which the JDK's resolver does.
        setIfAbsent("vertx.disableDnsResolver", "true");
        setIfAbsent("vertx.disableMetrics", "true");
        if (System.getProperty(LOGBACK_FILE) == null) {
            logToStandardError();
        }
    }

    /** In code, since parsing XML takes longer than everything else that logging does at the start. */
    private static void logToStandardError() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        LogLine layout = new LogLine();
        layout.setContext(context);
        layout.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setLayout(layout);
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        ch.qos.logback.classic.Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        root.addAppender(appender);
    }

    private static void setIfAbsent(String name, String value) {
        if (System.getProperty(name) == null) {
            System.setProperty(name, value);
        }
    }
}
