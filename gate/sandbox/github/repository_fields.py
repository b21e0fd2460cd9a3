"""The fields of a repository object that follow from its name, or are the same for all."""

from __future__ import annotations

LINKS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}
SWITCHES = {
    "has_issues": True,
    "has_projects": False,
    "has_downloads": False,
    "has_wiki": False,
    "has_pages": False,
    "has_discussions": False,
    "archived": False,
    "disabled": False,
    "is_template": False,
    "web_commit_signoff_required": False,
}
MERGING = {
    "allow_squash_merge": True,
    "allow_merge_commit": True,
    "allow_rebase_merge": False,
    "allow_auto_merge": False,
    "delete_branch_on_merge": False,
}
COUNTS = ("forks", "forks_count", "stargazers_count", "watchers", "watchers_count", "size")
NEVER = ("homepage", "language", "mirror_url", "license")
FIXED = {**SWITCHES, **MERGING, **dict.fromkeys(COUNTS, 0), **dict.fromkeys(NEVER)}


def addresses(url: str, full_name: str) -> dict[str, str]:
    """Every address of a repository at a sandbox."""
    api, html = f"{url}/api/v3/repos/{full_name}", f"{url}/{full_name}"
    host = url.partition("://")[2]
    return {
        **{field: api + suffix for field, suffix in LINKS.items()},
        "url": api,
        "html_url": html,
        "clone_url": f"{html}.git",
        "svn_url": html,
        "git_url": f"git://{host}/{full_name}.git",
        "ssh_url": f"ssh://git@{host}/{full_name}.git",
    }
