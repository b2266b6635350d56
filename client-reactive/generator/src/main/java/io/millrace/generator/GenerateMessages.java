package io.millrace.generator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The build step: schemas of one folder in, Java sources out. */
public final class GenerateMessages {

    private GenerateMessages() {}

    /** @param args folder of the schemas, root folder of the sources */
    public static void main(String[] args) throws IOException {
        if (args.length != 2) {
            throw new IllegalArgumentException("usage: GenerateMessages <schema folder> <source folder>");
        }
        generate(Path.of(args[0]), Path.of(args[1]));
    }

    /** Writes what differs from what is there, and removes sources that no schema asks for. */
    static void generate(Path schemaFolder, Path sourceFolder) throws IOException {
        List<MessageSchema> messages = readSchemas(schemaFolder);
        SourceTree sources = new SourceTree(sourceFolder);
        for (MessageSchema message : messages) {
            sources.put(JavaNames.MESSAGE_PACKAGE, message.name(), new MessageWriter(message).write());
        }
        sources.put(JavaNames.MESSAGE_PACKAGE, "package-info", MessageWriter.packageInfo());
        sources.put(JavaNames.WIRE_PACKAGE, "ApiKey", new ApiKeyWriter(messages).write());
        sources.removeStale();
    }

    private static List<MessageSchema> readSchemas(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(folder)) {
            files = listed.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
        if (files.isEmpty()) {
            throw new SchemaException("no schemas in " + folder);
        }
        SchemaParser parser = new SchemaParser();
        List<MessageSchema> messages = new ArrayList<>();
        for (Path file : files) {
            MessageSchema message = parser.parse(Files.readString(file));
            // Kafka keeps the schemas of removed APIs, with no valid version, so that their keys are not used again.
            if (!message.validVersions().isEmpty()) {
                messages.add(message);
            }
        }
        return messages;
    }
}
