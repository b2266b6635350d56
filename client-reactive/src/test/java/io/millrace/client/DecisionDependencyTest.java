package io.millrace.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** What decides in the client knows values only: no socket, thread, clock or randomness of its own. */
class DecisionDependencyTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.millrace.client");

    @Test
    void batchesDemandAndMembershipStandOnValues() {
        classes()
                .that()
                .resideInAnyPackage(
                        "io.millrace.client.producer", "io.millrace.client.consumer", "io.millrace.client.group")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.millrace.client",
                        "io.millrace.client.producer",
                        "io.millrace.client.consumer",
                        "io.millrace.client.group",
                        "io.millrace.client.loop",
                        "io.millrace.client.serde",
                        "io.millrace.wire..",
                        "io.netty.buffer",
                        "java.lang..",
                        "java.nio.charset",
                        "java.util",
                        "java.util.function",
                        "java.util.random",
                        "java.util.stream",
                        "org.jspecify..")
                .check(CLASSES);
    }

    @Test
    void timeAndRandomnessAreArguments() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.millrace.client.producer", "io.millrace.client.consumer", "io.millrace.client.group")
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(java.util.Random.class, Thread.class)
                .check(CLASSES);
    }
}
