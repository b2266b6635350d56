package io.millrace.wire.oracle;

import io.millrace.wire.WireMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.types.Schema;

/** A message that we and Kafka both know: our class and Kafka's. */
record MessageKind(Class<? extends WireMessage> ours, Class<? extends Message> theirs) {

    private static final String OUR_PACKAGE = "io.millrace.wire.message.";
    private static final String THEIR_PACKAGE = "org.apache.kafka.common.message.";
    private static final String THEIR_RECORD_PACKAGE = "org.apache.kafka.coordinator.group.generated.";

    /** Every message that the generator made. That none is missing is a test of its own. */
    static List<MessageKind> all() {
        try {
            Path classes = Path.of(WireMessage.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            try (Stream<Path> files = Files.list(classes.resolve(OUR_PACKAGE.replace('.', '/')))) {
                return files.map(file -> file.getFileName().toString().replace(".class", ""))
                        .filter(name -> !name.contains("$") && !name.equals("package-info"))
                        .sorted()
                        .map(MessageKind::of)
                        .toList();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /** @param name as our class has it: Kafka adds "Data" to the names of requests, responses and headers */
    static MessageKind of(String name) {
        boolean data = name.endsWith("Request") || name.endsWith("Response") || name.endsWith("Header");
        return new MessageKind(
                classNamed(OUR_PACKAGE + name, WireMessage.class),
                classNamed(theirPackage(name) + name + (data ? "Data" : ""), Message.class));
    }

    /** Keys and values of records have a module of their own, with the coordinator that writes them. */
    private static String theirPackage(String name) {
        boolean record = name.endsWith("Key") || name.endsWith("Value");
        return record ? THEIR_RECORD_PACKAGE : THEIR_PACKAGE;
    }

    private static <T> Class<? extends T> classNamed(String name, Class<T> type) {
        try {
            return Class.forName(name).asSubclass(type);
        } catch (ClassNotFoundException e) {
            throw new AssertionError("there is no " + name, e);
        }
    }

    WireMessage newOurs() {
        return instance(ours);
    }

    Message newTheirs() {
        return instance(theirs);
    }

    /** Kafka's description of the bytes of one version, made independently of the code that reads and writes them. */
    Schema schema(short version) {
        try {
            return ((Schema[]) theirs.getField("SCHEMAS").get(null))[version];
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    List<Short> versions() {
        Message message = newTheirs();
        return Stream.iterate(
                        message.lowestSupportedVersion(),
                        version -> version <= message.highestSupportedVersion(),
                        version -> (short) (version + 1))
                .toList();
    }

    static <T> T instance(Class<T> type) {
        try {
            return type.getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return ours.getSimpleName();
    }
}
