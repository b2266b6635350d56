package io.millrace.broker;

import io.millrace.broker.config.ConfigException;
import io.millrace.broker.config.ConfigKey;
import io.millrace.broker.config.ConfigSources;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The command line of a broker's process. Options are declared in code, not by annotations: reflection would cost a good
 * part of the start.
 */
public final class Main {
    /** The process stopped as it was told to. */
    static final int EXIT_STOPPED = 0;
    /** The broker could not start, or not stop cleanly. */
    static final int EXIT_FAILED = 1;
    /** The command line or the configuration is wrong. */
    static final int EXIT_USAGE = 2;

    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;
    private int exitCode = EXIT_STOPPED;

    Main(PrintStream out, PrintStream err, Map<String, String> environment) {
        this.out = out;
        this.err = err;
        this.environment = environment;
    }

    /** Starts a broker and returns; the process lives on until it is told to stop. */
    public static void main(String[] args) {
        PrintStream out = inUtf8(FileDescriptor.out);
        PrintStream err = inUtf8(FileDescriptor.err);
        Main main = new Main(out, err, System.getenv());
        BrokerConfig config = main.configure(args);
        if (config != null) {
            ProcessSettings.apply();
            new BrokerProcess(config, out, err).start();
        } else {
            System.exit(main.exitCode);
        }
    }

    /** A container's locale is often POSIX, which would turn every letter beyond ASCII into a question mark. */
    static PrintStream inUtf8(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }

    /** How the process should end when {@link #configure} returned null. */
    int exitCode() {
        return exitCode;
    }

    /** The configuration to start with, or null if there is nothing to start; then everything has been said. */
    @Nullable
    BrokerConfig configure(String... args) {
        CommandLine commandLine = new CommandLine(spec());
        try {
            ParseResult parsed = commandLine.parseArgs(args);
            if (parsed.isUsageHelpRequested()) {
                showHelp(commandLine);
                return null;
            }
            if (parsed.isVersionHelpRequested()) {
                out.println("millrace " + version());
                return null;
            }
            return configure(parsed);
        } catch (ParameterException e) {
            fail(List.of(e.getMessage() + "; try --help"));
        } catch (ConfigException e) {
            fail(e.problems());
        }
        return null;
    }

    private BrokerConfig configure(ParseResult parsed) {
        ConfigSources sources = new ConfigSources();
        Path file = parsed.matchedOptionValue("--config", null);
        if (file != null) {
            sources.file(file);
        }
        List<String> settings = parsed.matchedOptionValue("--set", List.of());
        return BrokerConfig.parse(sources.environment(environment).commandLine(byKey(settings)));
    }

    private static Map<String, String> byKey(List<String> settings) {
        Map<String, String> byKey = new LinkedHashMap<>();
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            if (equals <= 0) {
                throw new ConfigException(List.of("--set " + setting + ": must have the form key=value"));
            }
            byKey.put(setting.substring(0, equals).trim(), setting.substring(equals + 1));
        }
        return byKey;
    }

    private void fail(List<String> problems) {
        problems.forEach(problem -> err.println("millrace: " + problem));
        exitCode = EXIT_USAGE;
    }

    private static CommandSpec spec() {
        CommandSpec spec = CommandSpec.create()
                .name("millrace")
                .addOption(OptionSpec.builder("--config")
                        .paramLabel("FILE")
                        .type(Path.class)
                        .description("A properties file with settings.")
                        .build())
                .addOption(OptionSpec.builder("--set")
                        .paramLabel("KEY=VALUE")
                        .arity("1")
                        .type(List.class)
                        .auxiliaryTypes(String.class)
                        .description("One setting; wins over the environment and the file. May be repeated.")
                        .build())
                .addOption(OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Show this text.")
                        .build())
                .addOption(OptionSpec.builder("--version")
                        .versionHelp(true)
                        .description("Show the version.")
                        .build());
        spec.usageMessage().description("Starts a durable broker that any Kafka client can use.");
        return spec;
    }

    private void showHelp(CommandLine commandLine) {
        commandLine.usage(out);
        out.println();
        out.println("Keys, also as environment variables (MILLRACE_LOG_DIRS for log.dirs):");
        for (ConfigKey key : ConfigKeys.TABLE.keys()) {
            String byDefault = key.defaultValue() == null ? "" : "; default " + key.defaultValue();
            out.println("  " + key.name());
            out.println("      " + key.documentation());
            out.println("      (" + key.allowed().description() + byDefault + ")");
        }
    }

    /** The version in the jar's manifest. */
    static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "of an unpackaged build" : version;
    }
}
