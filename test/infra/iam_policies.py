"""A second opinion on every IAM policy of synthesized templates: `python iam_policies.py TEMPLATE...`.

Parliament knows which actions there are, which resources and conditions each takes, and what a policy must not say. What a
template says by reference is filled in with an example of its kind first.
"""

import json
import pathlib
import sys

import parliament

EXAMPLE = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/shop/1a2b3c4d-0000-0000-0000-000000000000",
}

HERE = "us-east-1:123456789012"
ARNS = {
    "AWS::DynamoDB::GlobalTable": f"arn:aws:dynamodb:{HERE}:table/example",
    "AWS::Glue::Connection": f"arn:aws:glue:{HERE}:connection/example",
    "AWS::KMS::Key": f"arn:aws:kms:{HERE}:key/example",
    "AWS::Kinesis::Stream": f"arn:aws:kinesis:{HERE}:stream/example",
    "AWS::Lambda::Function": f"arn:aws:lambda:{HERE}:function:example",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{HERE}:log-group:example:*",
    "AWS::RedshiftServerless::Workgroup": f"arn:aws:redshift-serverless:{HERE}:workgroup/example",
    "AWS::S3::Bucket": "arn:aws:s3:::example",
    "AWS::SNS::Topic": f"arn:aws:sns:{HERE}:example",
    "AWS::SQS::Queue": f"arn:aws:sqs:{HERE}:example",
    "AWS::SecretsManager::Secret": f"arn:aws:secretsmanager:{HERE}:secret:example-a1b2c3",
}

# Types whose Ref is an ARN.
REF_IS_ARN = ("AWS::SecretsManager::Secret", "AWS::SNS::Topic")

# Where an action takes no resource, or the resource has no name, another test lists the action and says why.
UNDERSTOOD = ("RESOURCE_STAR",)


def filled(value, resources):
    """The value with every intrinsic function replaced by an example."""
    if isinstance(value, list):
        return [filled(element, resources) for element in value]
    if not isinstance(value, dict):
        return value
    if "Ref" in value:
        name = value["Ref"]
        if name in EXAMPLE:
            return EXAMPLE[name]
        kind = resources[name]["Type"]
        return ARNS[kind] if kind in REF_IS_ARN else "example"
    if "Fn::GetAtt" in value:
        name, attribute = value["Fn::GetAtt"]
        return ARNS[resources[name]["Type"]] if attribute.endswith("Arn") else "EXAMPLE"
    if "Fn::Join" in value:
        separator, parts = value["Fn::Join"]
        return separator.join(filled(parts, resources))
    if "Fn::Sub" in value:
        text = value["Fn::Sub"]
        for name, example in EXAMPLE.items():
            text = text.replace("${" + name + "}", example)
        return text
    if "Fn::Select" in value:
        return "1a2b3c4d"
    return {name: filled(inner, resources) for name, inner in value.items()}


def findings(template):
    """What parliament has against the policies of a template, as texts."""
    resources = json.loads(pathlib.Path(template).read_text())["Resources"]
    for name, resource in resources.items():
        if resource["Type"] != "AWS::IAM::Policy":
            continue
        policy = json.dumps(filled(resource["Properties"]["PolicyDocument"], resources))
        for finding in parliament.analyze_policy_string(policy).findings:
            if finding.issue not in UNDERSTOOD:
                yield f"{pathlib.Path(template).name} {name}: {finding.issue} {finding.detail} {finding.location}"


def main():
    """Print what there is, and end with 1 if there is anything."""
    found = [text for template in sys.argv[1:] for text in findings(template)]
    print("\n".join(found) or f"parliament has nothing against the policies of {len(sys.argv) - 1} templates")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
