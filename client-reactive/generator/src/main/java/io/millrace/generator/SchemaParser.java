package io.millrace.generator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads Kafka's schemas: JSON with {@code //} comments. What it does not know how to honour, it refuses. */
final class SchemaParser {

    private final ObjectMapper json =
            JsonMapper.builder().enable(JsonReadFeature.ALLOW_JAVA_COMMENTS).build();

    MessageSchema parse(String text) {
        JsonNode schema;
        try {
            schema = json.readTree(text);
        } catch (JsonProcessingException e) {
            throw new SchemaException("no valid JSON: " + e.getMessage());
        }
        String name = required(schema, "name");
        try {
            return new Message(name, schema).parse();
        } catch (SchemaException e) {
            throw new SchemaException(name + ": " + e.getMessage());
        }
    }

    private static String required(JsonNode node, String key) {
        if (!node.has(key)) {
            throw new SchemaException("'" + key + "' is missing in " + node);
        }
        return node.get(key).asText();
    }

    private static String optional(JsonNode node, String key, String otherwise) {
        return node.path(key).asText(otherwise);
    }

    /** One schema while it is being read: collects the structures that its fields declare. */
    private static final class Message {

        private final String name;
        private final JsonNode schema;
        private final Versions validVersions;
        private final Map<String, StructSchema> structs = new LinkedHashMap<>();

        Message(String name, JsonNode schema) {
            this.name = name;
            this.schema = schema;
            this.validVersions = Versions.parse(required(schema, "validVersions"));
        }

        MessageSchema parse() {
            MessageSchema.Kind kind = MessageSchema.Kind.valueOf(
                    required(schema, "type").replace('-', '_').toUpperCase(Locale.ROOT));
            List<FieldSchema> fields = fields(schema.path("fields"), validVersions);
            for (JsonNode struct : schema.path("commonStructs")) {
                Versions versions = Versions.parse(required(struct, "versions")).intersect(validVersions);
                addStruct(required(struct, "name"), "Several fields have this structure.", versions, struct);
            }
            StructSchema root = new StructSchema(name, "", validVersions, fields);
            MessageSchema message = new MessageSchema(
                    name,
                    kind,
                    schema.path("apiKey").asInt(-1),
                    validVersions,
                    Versions.parse(optional(schema, "flexibleVersions", "none")),
                    schema.path("latestVersionUnstable").asBoolean(),
                    root,
                    List.copyOf(structs.values()));
            checkReferences(message, fields);
            return message;
        }

        private List<FieldSchema> fields(JsonNode nodes, Versions possible) {
            List<FieldSchema> fields = new ArrayList<>();
            for (JsonNode node : nodes) {
                fields.add(field(node, possible));
            }
            return fields;
        }

        private FieldSchema field(JsonNode node, Versions possible) {
            FieldType type = FieldType.parse(required(node, "type"));
            String about = optional(node, "about", "");
            Versions versions = Versions.parse(required(node, "versions"));
            if (node.has("fields")) {
                addStruct(structName(type), about, versions.intersect(possible), node);
            }
            return new FieldSchema(
                    JavaNames.field(required(node, "name")),
                    about,
                    type,
                    versions,
                    Versions.parse(optional(node, "nullableVersions", "none")).intersect(versions),
                    tag(node, versions),
                    node.path("ignorable").asBoolean(),
                    optional(node, "default", ""),
                    node.has("flexibleVersions") ? Versions.parse(required(node, "flexibleVersions")) : null);
        }

        private static @Nullable Integer tag(JsonNode node, Versions versions) {
            if (!node.has("tag")) {
                return null;
            }
            if (!Versions.parse(required(node, "taggedVersions")).equals(versions)) {
                throw new SchemaException(required(node, "name") + " is tagged in some of its versions only");
            }
            return node.get("tag").asInt();
        }

        private void addStruct(String structName, String about, Versions versions, JsonNode node) {
            // The place is taken before the fields are read, so that outer structures come first.
            StructSchema placeholder = new StructSchema(structName, about, versions, List.of());
            if (structs.put(structName, placeholder) != null) {
                throw new SchemaException("two structures are named " + structName);
            }
            structs.put(
                    structName, new StructSchema(structName, about, versions, fields(node.path("fields"), versions)));
        }

        private static void checkReferences(MessageSchema message, List<FieldSchema> fields) {
            for (FieldSchema field : fields) {
                FieldType element = field.type() instanceof FieldType.Array array ? array.element() : field.type();
                if (element instanceof FieldType.Struct struct) {
                    checkReferences(message, message.struct(struct.name()).fields());
                }
            }
        }

        private static String structName(FieldType type) {
            FieldType element = type instanceof FieldType.Array array ? array.element() : type;
            if (element instanceof FieldType.Struct struct) {
                return struct.name();
            }
            throw new SchemaException("a field with fields is no structure");
        }
    }
}
